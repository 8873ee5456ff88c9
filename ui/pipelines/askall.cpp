#include "ui/pipelines/askall.h"

namespace mnemo {

namespace {

struct Asking : std::enable_shared_from_this<Asking> {
    PipelinesPort& port;
    QObject* context;
    std::vector<PipelineCommand> commands;
    std::function<void(const CommandAnswers&)> done;
    CommandAnswers answers;

    Asking(PipelinesPort& itsPort, QObject* itsContext, std::vector<PipelineCommand> itsCommands, std::function<void(const CommandAnswers&)> itsDone)
        : port(itsPort)
        , context(itsContext)
        , commands(std::move(itsCommands))
        , done(std::move(itsDone))
    {
    }

    void next()
    {
        if (answers.error || answers.outcomes.size() == commands.size())
            return done(answers);
        port.ask(context, commands[answers.outcomes.size()], [self = shared_from_this()](const Result<CommandOutcome>& outcome) {
            if (outcome)
                self->answers.outcomes.push_back(*outcome);
            else
                self->answers.error = outcome.error();
            self->next();
        });
    }
};

} // namespace

void askAll(PipelinesPort& port, QObject* context, std::vector<PipelineCommand> commands, std::function<void(const CommandAnswers&)> done)
{
    std::make_shared<Asking>(port, context, std::move(commands), std::move(done))->next();
}

} // namespace mnemo
