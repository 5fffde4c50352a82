let stuck = 0;

/**
 * Lets this process exit though the kernel blocks one of its threads in this work: libuv joins its threads at exit
 * (uv_library_shutdown) and would wait forever. Only a signal ends such a process, so its exit code is lost.
 */
export function exitDespite(work: Promise<unknown>): void {
  if (stuck === 0) process.once('exit', dieIfStuck);
  stuck += 1;
  const done = (): void => {
    stuck -= 1;
    if (stuck === 0) process.off('exit', dieIfStuck);
  };
  work.then(done, done);
}

function dieIfStuck(): void {
  process.kill(process.pid, 'SIGKILL');
}
