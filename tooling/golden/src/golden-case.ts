import type { ChannelCoupling } from '@fuseinit/core';

interface PlainArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** One file of golden numbers; `cases/README.md` says what each key means. */
export interface GoldenCase {
  readonly name: string;
  readonly input: PlainArray;
  readonly span: readonly {
    readonly className: string;
    readonly config: Record<string, unknown>;
    readonly weights?: readonly PlainArray[];
  }[];
  readonly ridge: number;
  readonly channelCoupling: ChannelCoupling;
  readonly teacher: { readonly preActivation: PlainArray };
  readonly expected: {
    readonly geometry: {
      readonly kernelSize: readonly number[];
      readonly strides: readonly number[];
      readonly padding: readonly (readonly number[])[];
    } | null;
    readonly kernel: PlainArray;
    readonly bias: PlainArray;
    readonly relativeMse: number;
  };
}
