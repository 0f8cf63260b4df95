//! The codec of generated code: prost's, with a bound on what a message may swell to.

use super::{Invalid, status::Failure};
use crate::config::MOST_DOCUMENTS;
use prost::Message;
use tonic::{
    Status,
    codec::{BufferSettings, DecodeBuf, Decoder},
};
use tonic_prost::{ProstCodec, ProstDecoder, ProstEncoder};

/// Reads and writes messages. The build script names it, for servers and clients.
#[derive(Debug)]
pub struct Codec<T, U>(ProstCodec<T, U>);

impl<T, U> Default for Codec<T, U> {
    fn default() -> Self {
        Self(ProstCodec::default())
    }
}

impl<T, U> tonic::codec::Codec for Codec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = Bounded<U>;

    fn encoder(&mut self) -> Self::Encoder {
        self.0.encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        Bounded(self.0.decoder())
    }
}

/// Decodes what is not too much.
#[derive(Debug)]
pub struct Bounded<U>(ProstDecoder<U>);

/// A batch, or its answer, without what is in its members: `()` takes no memory.
#[derive(Clone, PartialEq, Message)]
struct Shape {
    #[prost(message, repeated, tag = "1")]
    members: Vec<()>,
}

impl<U: Message + Default> Decoder for Bounded<U> {
    type Item = U;
    type Error = Status;

    /// An empty document has two bytes on the wire and some 150 in memory, so a batch of nothing would swell to many
    /// times the largest message. Its members are counted before they are made.
    fn decode(&mut self, message: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        // tonic keeps a message in one piece. What is no batch has something else there, or one member.
        let members = Shape::decode(bytes::Buf::chunk(message)).map_or(0, |shape| shape.members.len());
        if members > MOST_DOCUMENTS {
            let why = format!("has {members} documents; at most {MOST_DOCUMENTS} are allowed by any server");
            return Err(Failure::Invalid(Invalid::one("documents", why)).into());
        }
        self.0.decode(message)
    }

    fn buffer_settings(&self) -> BufferSettings {
        self.0.buffer_settings()
    }
}
