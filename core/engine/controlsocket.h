#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "core/base/result.h"
#include "core/engine/alertcommand.h"
#include "core/pipeline/pipelinecommand.h"

namespace mnemo {

/// Takes commands of other processes of the same user, at `scheduler.sock` in the data folder: a line of JSON each way, one
/// connection a command. Belongs to the process that holds the folder's lock, so that there is one.
class ControlSocket {
public:
    /// Called on the socket's thread; may wait.
    struct Answers {
        std::function<Result<CommandOutcome>(const PipelineCommand&)> pipelines;
        std::function<Result<AlertOutcome>(const AlertCommand&)> alerts;
    };
    /// A socket that an ended process left is replaced. Errors: StorageFailed.
    static Result<std::unique_ptr<ControlSocket>> open(const std::filesystem::path& dataDir, Answers answers);
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

private:
    struct Private;
    explicit ControlSocket(std::unique_ptr<Private> p);
    std::unique_ptr<Private> d;
};

/// Hands a command to the process that schedules for @p dataDir and waits for what it did. Errors: NotFound where none
/// listens; Network where it went away before it answered: the command may have been carried out; those of the command.
Result<CommandOutcome> askScheduler(const std::filesystem::path& dataDir, const PipelineCommand& command);
Result<AlertOutcome> askScheduler(const std::filesystem::path& dataDir, const AlertCommand& command);
bool isSchedulerListening(const std::filesystem::path& dataDir);

} // namespace mnemo
