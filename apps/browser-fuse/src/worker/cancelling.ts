/**
 * Lets messages in, so that a cancel is heard: awaiting data does so on WebGL, but not on backends that have
 * the numbers at hand.
 */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
