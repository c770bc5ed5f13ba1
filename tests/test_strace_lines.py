"""The reader of strace's lines, on lines that strace wrote."""

from __future__ import annotations

import pytest

from tests.strace_lines import file_findings, network_findings, read_calls

QUERY = (
    "7 socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_IP) = 8<socket:[46301]>",
    "7 connect(8<socket:[46301]>, {sa_family=AF_INET, sin_port=htons(53), "
    'sin_addr=inet_addr("10.0.0.53")}, 16) = 0',
)


def network(*lines: str) -> list[str]:
    return network_findings(read_calls(lines), lambda path: path == "/run/pulse/native")


def files(*lines: str, start: str = "/home/me") -> list[str]:
    return file_findings(read_calls(lines), lambda path: path.startswith("/own/"), start)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (QUERY[0], "a socket that is not of this machine"),
        (QUERY[1], "an address that is not of this machine"),
        ("7 socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 3<socket:[1]>", "not of this machine"),
        ("7 socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) = -1 EAFNOSUPPORT (no)", "not of this mach"),
        (
            '7 sendto(9<socket:[2]>, "\\v\\261", 50, 0, {sa_family=AF_INET6, '
            'sin6_port=htons(443), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}, 28) = 50',
            "an address that is not of this machine",
        ),
        (
            "7 sendmmsg(9, [{msg_hdr={msg_name={sa_family=AF_INET, sin_port=htons(53), "
            'sin_addr=inet_addr("127.0.0.53")}, msg_namelen=16}, msg_len=4}], 1, 0) = 1',
            "an address that is not of this machine",
        ),
        (
            '7 connect(8<socket:[4]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) '
            "= -1 ENOENT (No such file or directory)",
            "an unknown service of this machine",
        ),
        (
            '7 connect(8<socket:[4]>, {sa_family=AF_UNIX, sun_path=@"/tmp/dbus-x"}, 23) = 0',
            "an unknown service of this machine",
        ),
        (
            '7 openat(AT_FDCWD</home/me>, "/etc/resolv.conf", O_RDONLY|O_CLOEXEC) = 8</etc/r>',
            "a name is looked up",
        ),
        ("7 io_uring_setup(8, {flags=0}) = 5<anon_inode:[io_uring]>", "strace cannot see"),
    ],
)
def test_what_leaves_the_machine_is_found(line: str, found: str) -> None:
    (finding,) = network(line)
    assert found in finding
    assert line.split("(")[0].split()[1] in finding


@pytest.mark.parametrize(
    "line",
    [
        "7 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 13<socket:[44898]>",
        "7 socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, [5<socket:[1]>, 6<socket:[2]>]) = 0",
        '7 connect(8<socket:[4]>, {sa_family=AF_UNIX, sun_path="/run/pulse/native"}, 110) = 0',
        '7 sendto(11<pipe:[44896]>, "W", 1, MSG_NOSIGNAL, NULL, 0) = -1 ENOTSOCK (no socket)',
        "7 getsockname(8<socket:[4]>, {sa_family=AF_INET, sin_port=htons(0)}, [16]) = 0",
        '7 openat(AT_FDCWD</home/me>, "/etc/resolv.conf.bak", O_RDONLY|O_CLOEXEC) = 8</etc/x>',
        "7 +++ exited with 0 +++",
        "7 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---",
    ],
)
def test_what_stays_on_the_machine_is_not_found(line: str) -> None:
    assert network(line) == []


def test_a_call_that_was_cut_in_two_is_joined() -> None:
    lines = (
        "7 connect(9<socket:[1]>, {sa_family=AF_INET, sin_port=htons(53), "
        'sin_addr=inet_addr("10.0.0.53")}, 16 <unfinished ...>',
        '8 openat(AT_FDCWD</a>, "/own/x", O_WRONLY|O_CREAT, 0600) = 3</own/x>',
        "7 <... connect resumed>)            = 0",
    )
    assert [call.name for call in read_calls(lines)] == ["openat", "connect"]
    assert len(network(*lines)) == 1


def test_a_call_that_never_came_back_counts() -> None:
    (call,) = read_calls([QUERY[1].replace(") = 0", " <unfinished ...>")])
    assert call.result == "?"
    assert len(network(QUERY[1].replace(") = 0", " <unfinished ...>"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        '7 openat(AT_FDCWD</home/me>, "/other/x", O_WRONLY|O_CREAT, 0600) = 3</other/x>',
        '7 openat(AT_FDCWD</home/me>, "x", O_RDWR) = 3</home/me/x>',
        '7 openat(6</home/me/.cache>, "id.tmp", O_WRONLY|O_CREAT|O_EXCL, 0600) = 7</home/me/id>',
        '7 openat(AT_FDCWD</home/me>, "/own/link", O_WRONLY) = 3</other/target>',
        '7 openat(AT_FDCWD</home/me>, "/own/../other", O_WRONLY|O_CREAT, 0600) = 3</other>',
        '7 creat("/other/x", 0644) = -1 EACCES (Permission denied)',
        '7 mkdir("/other", 0700) = 0',
        '7 rename("/own/a", "/other/a") = 0',
        '7 renameat2(AT_FDCWD</home/me>, "/other/a", AT_FDCWD</home/me>, "/own/a", 0) = 0',
        '7 symlink("/own/a", "/other/a") = 0',
        '7 unlink("/other/a") = 0',
        '7 unlinkat(6</other>, "a", 0) = 0',
        '7 chdir("/own/") = 0',
    ],
)
def test_what_is_written_elsewhere_is_found(line: str) -> None:
    (finding,) = files(line)
    assert line.split("(")[0].split()[1] in finding


@pytest.mark.parametrize(
    "line",
    [
        '7 openat(AT_FDCWD</home/me>, "/own/x", O_WRONLY|O_CREAT, 0600) = 3</own/x>',
        '7 openat(6</own/folder>, "x", O_WRONLY|O_CREAT, 0600) = 7</own/folder/x>',
        '7 openat(AT_FDCWD</home/me>, "/other/x", O_RDONLY|O_CLOEXEC) = 3</other/x>',
        '7 openat(AT_FDCWD</home/me>, "/other/O_CREAT", O_RDONLY) = 3</other/O_CREAT>',
        '7 mkdir("/other", 0777) = -1 EEXIST (File exists)',
        '7 symlink("/other/a", "/own/a") = 0',
        '7 rename("/own/a", "/own/b") = 0',
    ],
)
def test_what_is_read_or_written_in_the_own_folders_is_not_found(line: str) -> None:
    assert files(line) == []


def test_paths_are_read_as_they_are_on_the_disk() -> None:
    line = r'7 mkdirat(5</own/a, b>, "caf\303\251 \"\"x\"\\", 0700) = 0'
    (call,) = read_calls([line])
    assert call.paths("/") == ['/own/a, b/café ""x"\\']
    (call,) = read_calls(['7 unlink("x/../y") = 0'])
    assert call.paths("/home/me") == ["/home/me/y"]
