/** The value of a promise, or the error made by `late` once `timeoutMs` have passed; what was waited for goes on alone. */
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
