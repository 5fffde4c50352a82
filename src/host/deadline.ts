/** The promise's value, or the error from `late` once `timeoutMs` have passed; the work itself then goes on unattended. */
export async function within<Value>(
  timeoutMs: number,
  wait: Promise<Value>,
  late: () => Error,
): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timeoutMs);
  });
  try {
    return await Promise.race([wait, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
