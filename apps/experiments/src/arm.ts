/** The weights that a student is trained from. */
export type Start =
  /** All layers drawn at random. */
  | 'random'
  /** The fused layer drawn at random, all others the teacher's. */
  | 'inherited'
  /** The span's layers composed as if its activations weren't there and its max-poolings were averages. */
  | 'composed'
  /** Fused with `channelCoupling: 'independent'`, as the paper's published code does. */
  | 'independent'
  /** Fused with `channelCoupling: 'full'`. */
  | 'fused'
  /** The same, and the later layers solved anew on what they now see. */
  | 'refitted';

/** One way to come by a student: where it starts from, and what it is trained on. */
export interface Arm {
  readonly name: string;
  readonly start: Start;
  /** Trained on the teacher's outputs beside the labels. */
  readonly distilled: boolean;
}

/** Everything that a sceptic would ask for, in the order of tables and figures. */
export const arms = [
  { name: 'random', start: 'random', distilled: false },
  { name: 'random, distilled', start: 'random', distilled: true },
  { name: 'inherited', start: 'inherited', distilled: false },
  { name: 'composed', start: 'composed', distilled: false },
  { name: 'fused, independent', start: 'independent', distilled: false },
  { name: 'fused', start: 'fused', distilled: false },
  { name: 'fused, refitted', start: 'refitted', distilled: false },
  { name: 'fused, refitted, distilled', start: 'refitted', distilled: true },
] as const satisfies readonly Arm[];

export type ArmName = (typeof arms)[number]['name'];
