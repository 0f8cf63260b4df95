//! `promosieve keys`: the file of API keys.

use super::{error::CliError, shared};
use crate::{
    access::{KeyFile, Role},
    detector::now,
};
use clap::Subcommand;
use std::path::PathBuf;

const AFTER_HELP: &str = "\
The file holds hashes; a key is shown once, when it is made, and cannot be shown again. A server that runs with the file
takes changes up within seconds. To change a key, add another and revoke the old one.

  read    analyse without learning, and read what is known
  write   learn, too
  admin   change what is known by other means than documents

A key with a namespace sees, and adds to, the evidence of this namespace only. Choose names that outsiders do not guess if
holders of other keys must not be trusted.

Examples:
  promosieve keys add --api-keys keys.toml --name crawler --role write
  promosieve keys add --api-keys keys.toml --name reader-b --role read --namespace team-b
  promosieve keys list --api-keys keys.toml
  promosieve keys revoke --api-keys keys.toml --name crawler
  promosieve serve --api-keys keys.toml --tls-cert cert.pem --tls-key key.pem --listen 0.0.0.0:50051";

/// Arguments of `keys`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key and print it, once
    Add {
        #[command(flatten)]
        file: File,

        /// What to call it, for lists and logs
        #[arg(long)]
        name: String,

        /// What it allows: read, write or admin
        #[arg(long, value_parser = role)]
        role: Role,

        /// Whose evidence it sees and adds to [default: that of all who have no namespace]
        #[arg(long, default_value = "", hide_default_value = true)]
        namespace: String,
    },
    /// List the keys by what is known of them
    List {
        #[command(flatten)]
        file: File,
    },
    /// Take a key away
    Revoke {
        #[command(flatten)]
        file: File,

        /// What it is called
        #[arg(long)]
        name: String,
    },
}

#[derive(Debug, clap::Args)]
struct File {
    /// File of API keys
    #[arg(long, value_name = "FILE")]
    api_keys: PathBuf,
}

impl File {
    fn open(&self) -> KeyFile {
        KeyFile::at(&self.api_keys)
    }
}

fn role(given: &str) -> Result<Role, String> {
    let found = Role::ALL.into_iter().find(|role| role.name() == given);
    found.ok_or_else(|| format!("expected one of {}", Role::ALL.map(Role::name).join(", ")))
}

/// Runs a command about keys.
pub(super) fn run(args: Args) -> Result<(), CliError> {
    match args.command {
        Command::Add { file, name, role, namespace } => {
            let key = file.open().add(&name, role, &namespace, now())?;
            shared::print(&format!("{key}\n"))
        }
        Command::List { file } => list(&file.open()),
        Command::Revoke { file, name } => Ok(file.open().revoke(&name)?),
    }
}

/// Tabs between columns, for people and for `cut`.
fn list(file: &KeyFile) -> Result<(), CliError> {
    let mut lines = String::from("name\trole\tnamespace\tid\tcreated\n");
    for key in file.list()? {
        let created = prost_types::Timestamp { seconds: key.created, nanos: 0 };
        let columns = [&key.name, key.role.name(), &key.namespace, &key.id, &created.to_string()];
        lines += &(columns.join("\t") + "\n");
    }
    shared::print(&lines)
}
