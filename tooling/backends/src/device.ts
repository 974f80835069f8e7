import type { BackendAdapter } from '@fuseinit/core';
import type { Tensor, TensorFlow } from '@fuseinit/tfjs';

/** A backend that was started, in this process or in a page. */
export interface Device {
  readonly tf: TensorFlow;
  readonly backend: BackendAdapter<Tensor>;
  /** What it computes on, in words: a library and its version. */
  readonly computesOn: string;
}
