#pragma once

// The Import method that several services have: a stream of begin, files and chunks in, a stream of
// progress, findings and one report out.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "services/common/ingest/import_spool.h"
#include "services/common/ingest/ingest.h"
#include "services/common/rpc/handler.h"
#include "services/common/status/status.h"

namespace steelyard::ingest {

// Adds one message of the stream to the spool.
template <typename Request>
absl::Status AddPart(const Request& request, ImportSpool& spool) {
  switch (request.part_case()) {
    case Request::kBegin:
      return spool.Begin(request.begin());
    case Request::kFile:
      return spool.File(request.file());
    case Request::kChunk:
      return spool.Chunk(request.chunk());
    default:
      return MakeError(common::v1::ERROR_REASON_IMPORT_PROTOCOL,
                       "a message is neither `begin` nor `file` nor `chunk`; nothing was written");
  }
}

// Reads the stream to its end. CANCELLED when it broke off: its end then says nothing about the
// files.
template <typename Request>
absl::StatusOr<ImportJob> ReceiveJob(const Context& context, const rpc::Receive<Request>& receive,
                                     ImportSpool& spool) {
  Request request;
  while (receive(&request)) {
    STEELYARD_RETURN_IF_ERROR(AddPart(request, spool));
  }
  STEELYARD_RETURN_IF_ERROR(context.Check());
  return spool.Finish();
}

// Serves one call of Import. `Request` and `Response` have the oneofs that registry.v1 and
// funding.v1 have. The importer runs once all files are here and the sender has closed its side;
// whatever happens before, nothing is written. The files are spooled into `directory`, that of the
// system for temporary files when it is empty, and are gone at the end of the call. `max_bytes`
// counts over all files.
template <typename Request, typename Response>
grpc::ServerBidiReactor<Request, Response>* RunImport(rpc::Runtime& runtime,
                                                      grpc::CallbackServerContext* server,
                                                      int64_t max_bytes, Importer importer,
                                                      std::string directory = "") {
  return rpc::RunBidiStream<Request, Response>(
      runtime, server, rpc::CallClass::kWrite,
      [max_bytes, importer = std::move(importer), directory = std::move(directory)](
          const rpc::Call& call, const rpc::Receive<Request>& receive,
          const rpc::Send<Response>& send) -> absl::Status {
        STEELYARD_ASSIGN_OR_RETURN(const std::unique_ptr<ImportSpool> spool,
                                   ImportSpool::Create(directory, max_bytes));
        STEELYARD_ASSIGN_OR_RETURN(const ImportJob job,
                                   ReceiveJob<Request>(call.context, receive, *spool));
        Reporter reporter(
            [&send](const common::v1::ImportFinding& finding) {
              Response response;
              *response.mutable_finding() = finding;
              return send(response);
            },
            [&send](const common::v1::ImportProgress& progress) {
              Response response;
              *response.mutable_progress() = progress;
              return send(response);
            });
        STEELYARD_ASSIGN_OR_RETURN(common::v1::ImportReport report,
                                   importer(call.context, job, reporter));
        report.set_import_id(job.import_id);
        report.set_dry_run(job.dry_run);
        Response response;
        *response.mutable_report() = std::move(report);
        return send(response);
      });
}

}  // namespace steelyard::ingest
