#include "core/engine/controlsocket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/log.h"
#include "core/engine/commandjson.h"

namespace mnemo {

namespace {

constexpr auto socketName = "scheduler.sock";
constexpr int patience = 5'000; ///< ms, for a client that says nothing
constexpr std::size_t longestLine = 64 << 20;

struct File {
    explicit File(int number = -1)
        : fd(number)
    {
    }
    ~File()
    {
        if (fd >= 0)
            ::close(fd);
    }
    File(File&& other) noexcept
        : fd(std::exchange(other.fd, -1))
    {
    }
    File& operator=(File&&) = delete;
    bool isOpen() const { return fd >= 0; }
    int fd;
};

/// A socket's address has room for 107 bytes; by way of the open folder any path fits.
struct Address {
    explicit Address(const std::filesystem::path& folder)
        : directory(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC))
    {
        address.sun_family = AF_UNIX;
        const std::string path = "/proc/self/fd/" + std::to_string(directory.fd) + '/' + socketName;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    }
    const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&address); }
    File directory;
    sockaddr_un address {};
};

tl::unexpected<Error> failed(const std::string& what)
{
    return fail(ErrorCode::StorageFailed, what + ": " + std::strerror(errno));
}

/// A line, without its end; nothing where the other side went away or said nothing for too long.
std::optional<std::string> readLine(int fd, int timeout)
{
    std::string text;
    std::array<char, 4096> buffer {};
    while (text.size() < longestLine) {
        pollfd file {fd, POLLIN, 0};
        if (::poll(&file, 1, timeout) <= 0)
            return std::nullopt;
        const auto got = ::read(fd, buffer.data(), buffer.size());
        if (got <= 0)
            return std::nullopt;
        text.append(buffer.data(), static_cast<std::size_t>(got));
        if (text.back() == '\n') {
            text.pop_back();
            return text;
        }
    }
    return std::nullopt;
}

bool writeAll(int fd, std::string_view text)
{
    while (!text.empty()) {
        const auto sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

File connected(const std::filesystem::path& dataDir)
{
    const Address address(dataDir);
    File file(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!address.directory.isOpen() || !file.isOpen() || ::connect(file.fd, address.pointer(), sizeof address.address) != 0)
        return File();
    return file;
}

/// A line for a line.
Result<std::string> ask(const std::filesystem::path& dataDir, std::string_view command)
{
    const File file = connected(dataDir);
    if (!file.isOpen())
        return fail(ErrorCode::NotFound, "no process schedules for " + dataDir.string());
    constexpr int untilAnswered = -1;
    if (!writeAll(file.fd, command))
        return fail(ErrorCode::Network, "the scheduler does not listen any more");
    auto line = readLine(file.fd, untilAnswered);
    if (!line)
        return fail(ErrorCode::Network, "the scheduler ended before it answered: look whether the command was carried out");
    return *std::move(line);
}

} // namespace

struct ControlSocket::Private {
    Private(File itsListener, Answers itsAnswers, std::filesystem::path itsFile)
        : listener(std::move(itsListener))
        , wake(::eventfd(0, EFD_CLOEXEC))
        , answers(std::move(itsAnswers))
        , file(std::move(itsFile))
    {
    }

    void run(const std::stop_token& stop)
    {
        const std::stop_callback onStop(stop, [this] { eventfd_write(wake.fd, 1); });
        while (!stop.stop_requested()) {
            std::array<pollfd, 2> files {{{listener.fd, POLLIN, 0}, {wake.fd, POLLIN, 0}}};
            if (::poll(files.data(), files.size(), -1) < 0 && errno != EINTR)
                return;
            if (stop.stop_requested() || (files[0].revents & POLLIN) == 0)
                continue;
            const File client(::accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC));
            if (client.isOpen())
                serve(client.fd);
        }
    }

    void serve(int client) const
    {
        const auto line = readLine(client, patience);
        if (!line)
            return;
        writeAll(client, answerTo(*line));
    }

    std::string answerTo(const std::string& line) const
    {
        const auto command = commandFromJson(line);
        if (!command)
            return toJsonLine(Result<CommandOutcome>(fail(command.error())));
        if (const auto* asked = std::get_if<AlertCommand>(&*command))
            return toJsonLine(answers.alerts(*asked));
        return toJsonLine(answers.pipelines(std::get<PipelineCommand>(*command)));
    }

    const File listener, wake;
    const Answers answers;
    const std::filesystem::path file;
    std::jthread thread; // last
};

ControlSocket::ControlSocket(std::unique_ptr<Private> p)
    : d(std::move(p))
{
    d->thread = std::jthread([raw = d.get()](const std::stop_token& stop) { raw->run(stop); });
}

ControlSocket::~ControlSocket()
{
    std::error_code ignored;
    std::filesystem::remove(d->file, ignored);
}

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(const std::filesystem::path& dataDir, Answers answers)
{
    const std::filesystem::path file = dataDir / socketName;
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    const Address address(dataDir);
    File listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!listener.isOpen() || !address.directory.isOpen())
        return failed("cannot make " + file.string());
    if (::bind(listener.fd, address.pointer(), sizeof address.address) != 0 || ::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0
        || ::listen(listener.fd, SOMAXCONN) != 0)
        return failed("cannot listen at " + file.string());
    return std::unique_ptr<ControlSocket>(new ControlSocket(std::make_unique<Private>(std::move(listener), std::move(answers), file)));
}

Result<CommandOutcome> askScheduler(const std::filesystem::path& dataDir, const PipelineCommand& command)
{
    return ask(dataDir, toJsonLine(command)).and_then(outcomeFromJson);
}

Result<AlertOutcome> askScheduler(const std::filesystem::path& dataDir, const AlertCommand& command)
{
    return ask(dataDir, toJsonLine(command)).and_then(alertOutcomeFromJson);
}

bool isSchedulerListening(const std::filesystem::path& dataDir)
{
    return connected(dataDir).isOpen();
}

} // namespace mnemo
