#pragma once

#include <cstdlib>
#include <functional>
#include <string>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mnemo {

/// A copy of this process that runs one function and writes text to its parent.
class ChildProcess {
public:
    /// @p body gets the end of a pipe to write to; its result is the exit status.
    explicit ChildProcess(const std::function<int(int)>& body)
    {
        int ends[2];
        if (::pipe(ends) != 0)
            std::abort();
        m_pid = ::fork();
        if (m_pid < 0)
            std::abort(); // kill(-1) would end everything
        if (m_pid == 0) {
            ::close(ends[0]);
            ::_exit(body(ends[1]));
        }
        ::close(ends[1]);
        m_read = ends[0];
    }
    ~ChildProcess()
    {
        if (m_pid > 0)
            kill();
        ::close(m_read);
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    std::string readAll() ///< until the child closes or ends
    {
        std::string out;
        char buffer[4096];
        for (ssize_t n = 0; (n = ::read(m_read, buffer, sizeof buffer)) > 0;)
            out.append(buffer, static_cast<std::size_t>(n));
        return out;
    }
    std::string readSome(std::size_t size) ///< waits
    {
        std::string out(size, ' ');
        const ssize_t n = ::read(m_read, out.data(), size);
        out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return out;
    }
    void kill()
    {
        ::kill(m_pid, SIGKILL);
        wait();
    }
    int wait()
    {
        int status = 0;
        ::waitpid(m_pid, &status, 0);
        m_pid = 0;
        return status;
    }

private:
    pid_t m_pid = 0;
    int m_read = -1;
};

inline void say(int pipe, const std::string& text)
{
    if (::write(pipe, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        ::_exit(9);
}

} // namespace mnemo
