/** The shape of a tensor with the batch; null for an unknown size. */
export type Shape = readonly (number | null)[];

/** The axis that a BatchNormalization normalises over, counted from the front, 0 being the batch. */
export function normalizedAxis(axis: unknown, { length }: Shape): number {
  const given = typeof axis === 'number' ? axis : -1;
  return given < 0 ? given + length : given;
}

/** Whether at most one size besides the batch is unknown, so that a Reshape can restore the shape. */
export function isRestorable([, ...sizes]: Shape): boolean {
  return sizes.filter((size) => size === null).length <= 1;
}

/** The shape that a TimeDistributed passes to its layer. */
export function withoutSteps([batch, , ...rest]: Shape): Shape {
  return [batch ?? null, ...rest];
}
