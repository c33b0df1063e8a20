// The objects that package syscall and package os of a Go program expect on
// globalThis. There is no file system and no process: every call but a write to
// an open standard file fails with ENOSYS, as at the edge.
(function (writeSync) {
  "use strict";

  const enosys = () => Object.assign(new Error("not implemented"), { code: "ENOSYS" });
  const refuse = () => { throw enosys(); };
  const refuseLater = (...args) => args[args.length - 1](enosys());

  const fs = {
    constants: { O_WRONLY: -1, O_RDWR: -1, O_CREAT: -1, O_TRUNC: -1, O_APPEND: -1, O_EXCL: -1, O_DIRECTORY: -1 },
    writeSync,
    write(fd, buf, offset, length, position, callback) {
      if (offset !== 0 || length !== buf.length || position !== null) {
        callback(enosys());
        return;
      }
      callback(null, fs.writeSync(fd, buf));
    },
    fsync(_fd, callback) { callback(null); },
  };
  for (const name of ["chmod", "chown", "close", "fchmod", "fchown", "fstat", "ftruncate", "lchown", "link", "lstat",
    "mkdir", "open", "read", "readdir", "readlink", "rename", "rmdir", "stat", "symlink", "truncate", "unlink", "utimes"]) {
    fs[name] = refuseLater;
  }

  const nobody = () => -1;
  const process = {
    getuid: nobody, getgid: nobody, geteuid: nobody, getegid: nobody,
    pid: -1, ppid: -1,
    getgroups: refuse, umask: refuse, cwd: refuse, chdir: refuse,
  };

  const path = { resolve: (...segments) => segments.join("/") };

  for (const [name, value] of Object.entries({ fs, process, path })) {
    if (!globalThis[name]) globalThis[name] = value;
  }
})
