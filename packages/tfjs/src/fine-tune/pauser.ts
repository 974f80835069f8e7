/** Gives timers, input and the caller's signal their turn, some twenty times a second. */
export function pauser(onPause?: () => Promise<void>): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 50) return;
    await onPause?.();
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}
