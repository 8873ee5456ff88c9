#include "core/engine/shellcommand.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mnemo {

namespace {

using std::chrono::steady_clock;

constexpr auto grace = std::chrono::seconds {2};
constexpr std::size_t longestLine = 64 << 10;

/// Closes with the object.
struct File {
    explicit File(int number)
        : fd(number)
    {
    }
    ~File() { close(); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    void close()
    {
        if (fd >= 0)
            ::close(std::exchange(fd, -1));
    }
    int fd;
};

std::vector<std::string> environmentWith(const std::vector<std::pair<std::string, std::string>>& more)
{
    std::vector<std::string> all;
    for (char** entry = environ; entry && *entry; ++entry)
        all.emplace_back(*entry);
    for (const auto& [name, value] : more)
        all.push_back(name + '=' + value);
    return all;
}

std::vector<char*> pointersTo(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (std::string& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

Result<pid_t> spawn(const std::string& command, const std::vector<std::pair<std::string, std::string>>& environment, int output)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none); // ours blocks those that end the program
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> words {"sh", "-c", command}, variables = environmentWith(environment);
    pid_t pid = 0;
    const int failed = posix_spawn(&pid, "/bin/sh", &actions, &attributes, pointersTo(words).data(), pointersTo(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failed != 0)
        return fail(ErrorCode::Internal, std::string("cannot start sh: ") + std::strerror(failed));
    return pid;
}

/// Cuts what comes into lines.
class Lines {
public:
    explicit Lines(const std::function<void(const std::string&)>& each)
        : m_each(each)
    {
    }
    void add(std::string_view text)
    {
        for (const char c : text) {
            if (c != '\n')
                m_line += c;
            if (c == '\n' || m_line.size() == longestLine)
                finish();
        }
    }
    void finish()
    {
        if (!m_line.empty())
            m_each(std::exchange(m_line, {}));
    }

private:
    const std::function<void(const std::string&)>& m_each;
    std::string m_line;
};

/// Until nobody holds the other end of @p output any more, or the stop and its grace are over.
void listen(pid_t pid, int output, int stopped, Lines& lines)
{
    std::optional<steady_clock::time_point> killAt;
    while (true) {
        std::array<pollfd, 2> files {{{output, POLLIN, 0}, {stopped, POLLIN, 0}}};
        const auto left = killAt ? std::chrono::duration_cast<std::chrono::milliseconds>(*killAt - steady_clock::now()).count() : -1;
        if (killAt && left <= 0) {
            ::kill(-pid, SIGKILL);
            return;
        }
        if (::poll(files.data(), killAt ? 1 : 2, static_cast<int>(left)) < 0 && errno != EINTR)
            return;
        if (!killAt && (files[1].revents & POLLIN) != 0) {
            ::kill(-pid, SIGTERM);
            killAt = steady_clock::now() + grace;
        }
        if (files[0].revents == 0)
            continue;
        std::array<char, 4096> buffer {};
        const auto got = ::read(output, buffer.data(), buffer.size());
        if (got == 0 || (got < 0 && errno != EINTR))
            return;
        if (got > 0)
            lines.add({buffer.data(), static_cast<std::size_t>(got)});
    }
}

/// It has closed its output; most have ended then, and one that goes on in silence still obeys a stop.
int exitOf(pid_t pid, int stopped)
{
    constexpr int lookEvery = 50; // ms
    int status = 0;
    while (::waitpid(pid, &status, WNOHANG) == 0) {
        pollfd file {stopped, POLLIN, 0};
        if (::poll(&file, 1, lookEvery) > 0)
            ::kill(-pid, SIGKILL);
    }
    return status;
}

} // namespace

Result<int> runShell(const std::string& command, const std::vector<std::pair<std::string, std::string>>& environment,
    const std::function<void(const std::string&)>& line, const std::stop_token& stop)
{
    std::array<int, 2> ends {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail(ErrorCode::Internal, std::string("cannot make a pipe: ") + std::strerror(errno));
    File output(ends[0]), input(ends[1]);
    const File stopped(::eventfd(0, EFD_CLOEXEC));
    const auto pid = spawn(command, environment, input.fd);
    input.close();
    if (!pid)
        return fail(pid.error());
    int status = 0;
    {
        const std::stop_callback onStop(stop, [&stopped] { eventfd_write(stopped.fd, 1); });
        Lines lines(line);
        listen(*pid, output.fd, stopped.fd, lines);
        lines.finish();
        status = exitOf(*pid, stopped.fd);
    }
    if (stop.stop_requested())
        return fail(ErrorCode::Cancelled, "stopped");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace mnemo
