"""Tries to get out of its container, by every door there is; writes a line `name=refused` or `name=DONE …` for each.

Arguments: the server's port, its data folder, its process, and the name of an abstract socket that listens on the host.
"""
import ctypes
import errno
import os
import platform
import resource
import socket
import sys

PORT, DATA, PID, ABSTRACT = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
libc = ctypes.CDLL(None, use_errno=True)
# Calls that libc has no function for.
NUMBERS = {
    "x86_64": {"add_key": 248, "keyctl": 250, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "kexec_load": 246},
    "aarch64": {"add_key": 217, "keyctl": 219, "bpf": 280, "perf_event_open": 241, "userfaultfd": 282, "kexec_load": 104},
}[platform.machine()]
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET = 0x20000, 0x10000000, 0x40000000
attempts = {}


def attempt(name):
    def register(function):
        attempts[name] = function
        return function
    return register


def call(function, *arguments):
    """A call of libc; what it answers counts, and an error is raised."""
    ctypes.set_errno(0)
    result = getattr(libc, function)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return f"{function} gave {result}"


def system(name, *arguments):
    return call("syscall", ctypes.c_long(NUMBERS[name]), *arguments)


def write(path, text="x"):
    with open(path, "a") as file:
        file.write(text)
    return f"wrote {path}"


def read(path):
    with open(path, "rb") as file:
        content = file.read(64)
    if not content:
        raise PermissionError(f"{path} is empty")
    return f"read {content!r}"


def listing(path):
    names = os.listdir(path)
    if not names:
        raise PermissionError(f"{path} is empty")
    return f"saw {names[:5]}"


def connect(host, port, kind=socket.SOCK_STREAM):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as one:
        one.settimeout(3)
        one.connect((host, port))
        if kind == socket.SOCK_DGRAM:
            one.send(b"x")
    return f"reached {host}"


# Writing where it may not.
for path in ["/x", "/etc/passwd", "/usr/bin/x", "/job/x", "/job/inputs.json", "/etc/resolv.conf", "/etc/hosts",
             "/proc/sys/kernel/hostname", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger",
             "/sys/kernel/uevent_helper", "/sys/power/state", "/sys/fs/cgroup/x", "/sys/fs/cgroup/cgroup.procs",
             "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/dev/x", "/dev/kmsg"]:
    attempts[f"write {path}"] = lambda path=path: write(path)
attempts["lower its own out-of-memory score"] = lambda: write("/proc/self/oom_score_adj", "-1000")

# Reading what is not its own.
for path in ["/proc/kcore", "/proc/kmsg", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/dev/mem", "/dev/sda", "/dev/vda", "/etc/shadow"]:
    attempts[f"read {path}"] = lambda path=path: read(path)
for path in ["/sys/firmware", "/proc/scsi", "/proc/acpi"]:
    attempts[f"list {path}"] = lambda path=path: listing(path)
attempts["list the server's data"] = lambda: listing(DATA)
attempts["list the data over the process's root"] = lambda: listing("/proc/1/root" + DATA)
attempts["see the engine's socket"] = lambda: os.stat("/var/run/docker.sock")
attempts["see the server's process"] = lambda: os.kill(PID, 0)
attempts["attach to the server's process"] = lambda: call("ptrace", ctypes.c_long(16), ctypes.c_long(PID), None, None)


@attempt("see processes of others")
def see_processes():
    # Its own, the init above it, and what started it.
    others = [entry for entry in os.listdir("/proc") if entry.isdigit() and int(entry) not in (1, os.getpid(), os.getppid())]
    if not others:
        raise PermissionError("none")
    return f"saw {others}"


# The network.
@attempt("have an interface")
def interfaces():
    names = [name for _, name in socket.if_nameindex() if name != "lo"]
    if not names:
        raise PermissionError("none")
    return f"has {names}"


attempts["resolve a name"] = lambda: socket.getaddrinfo("example.org", 80)
attempts["ask a name server"] = lambda: connect("8.8.8.8", 53, socket.SOCK_DGRAM)
attempts["reach the server"] = lambda: connect("127.0.0.1", PORT)
attempts["reach the server over IPv6"] = lambda: connect("::1", PORT)
attempts["reach the server over the engine's bridge"] = lambda: connect("172.17.0.1", PORT)
attempts["reach the metadata address"] = lambda: connect("169.254.169.254", 80)
attempts["reach the metadata address over IPv6"] = lambda: connect("fd00:ec2::254", 80)
attempts["reach a private address"] = lambda: connect("10.0.0.1", 80)
attempts["reach a public address"] = lambda: connect("1.1.1.1", 443)
attempts["reach the engine's port"] = lambda: connect("127.0.0.1", 2375)
attempts["open a raw socket"] = lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
attempts["open a packet socket"] = lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)


@attempt("reach an abstract socket of the host")
def abstract():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect("\0" + ABSTRACT)
    return "reached it"


# Rights.
attempts["become root"] = lambda: os.setuid(0)
attempts["join root's group"] = lambda: os.setgroups([0])
attempts["mount"] = lambda: call("mount", b"none", b"/tmp", b"tmpfs", 0, None)
attempts["mount the inputs writable"] = lambda: call("mount", None, b"/job/inputs.json", None, ctypes.c_ulong(32 | 4096), None)
attempts["unmount"] = lambda: call("umount2", b"/job/inputs.json", 2)
attempts["change the root"] = lambda: os.chroot("/tmp")
attempts["make a user namespace"] = lambda: call("unshare", CLONE_NEWUSER)
attempts["make a mount namespace"] = lambda: call("unshare", CLONE_NEWNS)
attempts["make a network namespace"] = lambda: call("unshare", CLONE_NEWNET)
attempts["make a block device"] = lambda: os.mknod("/tmp/disk", 0o60666, os.makedev(8, 0))
attempts["make a device in the outputs"] = lambda: os.mknod("mem", 0o20666, os.makedev(1, 1))
attempts["add a key"] = lambda: system("add_key", b"user", b"name", b"secret", 6, -2)
attempts["read a keyring"] = lambda: system("keyctl", 0, -3, 0)
attempts["load a program into the kernel"] = lambda: system("bpf", 5, None, 0)
attempts["watch the kernel"] = lambda: system("perf_event_open", None, 0, -1, -1, 0)
attempts["handle page faults"] = lambda: system("userfaultfd", 0)
attempts["load another kernel"] = lambda: system("kexec_load", 0, 0, None, 0)
attempts["load a module"] = lambda: call("init_module", None, 0, b"") if hasattr(libc, "init_module") else (_ for _ in ()).throw(OSError("no such call"))
attempts["read the kernel's log"] = lambda: call("klogctl", 3, ctypes.create_string_buffer(64), 64)
attempts["restart the machine"] = lambda: call("reboot", 0)
attempts["set the clock"] = lambda: call("settimeofday", ctypes.create_string_buffer(16), None)
attempts["set the host's name"] = lambda: call("sethostname", b"x", 1)
attempts["use swap"] = lambda: call("swapon", b"/tmp", 0)
attempts["account for processes"] = lambda: call("acct", None)
attempts["open files by handle"] = lambda: call("open_by_handle_at", -100, ctypes.create_string_buffer(b"\x08\0\0\0\1\0\0\0" + b"\0" * 16), 0)
attempts["raise its priority"] = lambda: os.setpriority(os.PRIO_PROCESS, 0, -5)
attempts["run in real time"] = lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
attempts["raise a limit"] = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))
attempts["write a larger file than is allowed"] = lambda: os.truncate(os.open("/tmp/large", os.O_CREAT | os.O_RDWR), 1 << 40)


@attempt("give a file away")
def give_away():
    write("own")
    os.chown("own", 0, 0)
    return "gave it to root"


@attempt("have a capability")
def capability():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    held = {name: status[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb") if int(status[name], 16)}
    if held or status["NoNewPrivs"].strip() != "1" or status["Seccomp"].strip() != "2":
        return f"has {held}, {status['NoNewPrivs']}, {status['Seccomp']}"
    raise PermissionError("none")


@attempt("gain by a set-user-ID program")
def set_user_id():
    # The image's own, which is root's.
    if os.popen("su --command 'id -u' root 2>/dev/null </dev/null").read().strip() == "0":
        return "became root"
    raise PermissionError("no")


# What must go, or the rest would prove nothing.
attempts["(allowed) write an output"] = lambda: write("file")
attempts["(allowed) write to /tmp"] = lambda: write("/tmp/file")
attempts["(allowed) see itself"] = lambda: os.kill(os.getpid(), 0)
attempts["(allowed) read its inputs"] = lambda: read("/job/inputs.json")

with open("report", "w") as report:
    for name, function in attempts.items():
        try:
            outcome = f"DONE {function()}"
        except (OSError, ValueError) as refusal:
            number = getattr(refusal, "errno", None)
            outcome = f"refused {errno.errorcode.get(number, number)}"
        report.write(f"{name}={outcome}\n".replace("\x00", ""))
