//! The methods that the server tells apart.

use crate::{
    proto::v1::{detector_service_server, template_service_server},
    server::SERVICES,
};

/// A method, as far as limits and figures go by it. Strangers are one method, so that they cannot fill a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Method {
    Analyze,
    AnalyzeBatch,
    AnalyzeStream,
    ListAffectedDocuments,
    HealthCheck,
    HealthWatch,
    Reflection,
    /// Of a service of the contract, but not one of its methods.
    Unknown,
    /// Anything else.
    Other,
}

impl Method {
    /// The method of a request's path, such as `/promosieve.v1.DetectorService/Analyze`.
    pub(super) fn of(path: &str) -> Self {
        let Some((service, method)) = path.trim_start_matches('/').split_once('/') else { return Self::Other };
        match (service, method) {
            (detector_service_server::SERVICE_NAME, "Analyze") => Self::Analyze,
            (detector_service_server::SERVICE_NAME, "AnalyzeBatch") => Self::AnalyzeBatch,
            (detector_service_server::SERVICE_NAME, "AnalyzeStream") => Self::AnalyzeStream,
            (template_service_server::SERVICE_NAME, "ListAffectedDocuments") => Self::ListAffectedDocuments,
            ("grpc.health.v1.Health", "Check") => Self::HealthCheck,
            ("grpc.health.v1.Health", "Watch") => Self::HealthWatch,
            (_, "ServerReflectionInfo") => Self::Reflection,
            (service, _) if SERVICES.contains(&service) => Self::Unknown,
            _ => Self::Other,
        }
    }

    /// Its name in figures.
    pub(in crate::server) fn name(self) -> &'static str {
        match self {
            Self::Analyze => "Analyze",
            Self::AnalyzeBatch => "AnalyzeBatch",
            Self::AnalyzeStream => "AnalyzeStream",
            Self::ListAffectedDocuments => "ListAffectedDocuments",
            Self::HealthCheck => "Check",
            Self::HealthWatch => "Watch",
            Self::Reflection => "ServerReflectionInfo",
            Self::Unknown => "unknown",
            Self::Other => "other",
        }
    }

    /// Whether it is of the contract: limited, counted as work, and refused by a server that stops. Health and
    /// reflection are always let in: they are cheap, and an operator needs them most when the server is full.
    pub(in crate::server) fn is_work(self) -> bool {
        !matches!(self, Self::HealthCheck | Self::HealthWatch | Self::Reflection | Self::Other)
    }

    /// Whether it goes on for as long as its caller likes.
    pub(super) fn is_stream(self) -> bool {
        matches!(self, Self::AnalyzeStream | Self::HealthWatch | Self::Reflection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let cases = [
            ("/promosieve.v1.DetectorService/Analyze", Method::Analyze, true),
            ("/promosieve.v1.DetectorService/AnalyzeX", Method::Unknown, true),
            ("/promosieve.v1.DetectorServiceX/Analyze", Method::Other, false),
            ("/promosieve.v1.TemplateService/ListAffectedDocuments", Method::ListAffectedDocuments, true),
            ("/grpc.health.v1.Health/Check", Method::HealthCheck, false),
            ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", Method::Reflection, false),
            ("", Method::Other, false),
        ];
        for (path, method, is_work) in cases {
            assert_eq!((Method::of(path), Method::of(path).is_work()), (method, is_work), "{path}");
        }
    }
}
