/**
 * The codes of errors, each with its meaning. A package adds codes of its own where it throws them:
 * `declare module '@fuseinit/core' { interface FuseInitErrorCodes { MY_CODE: true } }`.
 */
export interface FuseInitErrorCodes {
  /** The caller's signal fired. */
  ABORTED: true;
  /** An option or argument has a value that makes no sense. */
  ARGUMENT_INVALID: true;
  /** A backend, or WebAssembly itself, is missing or forbidden here. */
  BACKEND_UNAVAILABLE: true;
  /** There are no samples to collect. */
  CALIBRATION_DATA_EMPTY: true;
  /** The calibration data have a form or a type that the model does not take. */
  CALIBRATION_DATA_UNSUPPORTED: true;
  /** A plugin, a backend or a linear algebra does not keep its contract. */
  CHECK_FAILED: true;
  /** A checkpoint or statistics belong to other layers, data or settings. */
  CHECKPOINT_MISMATCH: true;
  /** A data file can't be read in the format that it declares. */
  DATA_FILE_INVALID: true;
  /** A data file does not exist. */
  DATA_FILE_MISSING: true;
  /** The device was lost, and everything computed on it with it. */
  DEVICE_LOST: true;
  /** A kernel exceeds the receptive field or the patches. */
  KERNEL_TOO_LARGE: true;
  /** No plugin is known for the class of a layer. */
  LAYER_UNKNOWN: true;
  /** A layer has a config that is not supported. */
  LAYER_UNSUPPORTED: true;
  /** A model was disposed before or while it was used. */
  MODEL_DISPOSED: true;
  /** A model file can't be read in the format that it declares. */
  MODEL_FILE_INVALID: true;
  /** A model file does not exist. */
  MODEL_FILE_MISSING: true;
  /** A model file can't be written. */
  MODEL_FILE_UNWRITABLE: true;
  /** A model has no weights yet. */
  MODEL_UNBUILT: true;
  /** A model has a structure or a type that can't be fused. */
  MODEL_UNSUPPORTED: true;
  /** A network is not well formed. */
  NETWORK_INVALID: true;
  /** A plan can't be read, or belongs to another model. */
  PLAN_INVALID: true;
  /** Two plugins claim the same layer class. */
  PLUGIN_CONFLICT: true;
  /** A plugin threw an error, or returned something that its contract does not allow. */
  PLUGIN_FAILED: true;
  /** Rounding errors are too large for a meaningful result. */
  PRECISION_TOO_LOW: true;
  /** There are fewer samples or rows than the result needs. */
  SAMPLES_TOO_FEW: true;
  /** Arrays do not fit each other or what they are used for. */
  SHAPE_MISMATCH: true;
  /** A span can't be fused; the message has the reason. */
  SPAN_ILLEGAL: true;
  /** A model does not have the requested span, or has no span that can be fused. */
  SPAN_NOT_FOUND: true;
  /** Something was written for another version of a contract. */
  SPEC_VERSION_UNSUPPORTED: true;
  /** An array does not fit the memory of the device. */
  TENSOR_TOO_LARGE: true;
  /** An array contains NaN or Infinity. */
  VALUE_NOT_FINITE: true;
}

/** The code of an error, for programs to test; the message is for people. */
export type FuseInitErrorCode = keyof FuseInitErrorCodes;

const marker = Symbol.for('fuseinit.error');

/**
 * The one error type of FuseInit: a `code` for programs, and a message that says what was received, what was
 * expected and what to do.
 *
 * Test with {@link FuseInitError.isInstance}, which holds across copies of this package in one program;
 * `instanceof` does not.
 */
export class FuseInitError extends Error {
  override readonly name = 'FuseInitError';
  readonly code: FuseInitErrorCode;
  /** The layer that the error is about, where there is one. */
  readonly layerName: string | undefined;

  constructor(
    code: FuseInitErrorCode,
    message: string,
    options: { readonly layerName?: string; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.layerName = options.layerName;
    Object.defineProperty(this, marker, { value: true });
  }

  /** Whether `value` is a `FuseInitError` of this or any other copy of the package. */
  static isInstance(value: unknown): value is FuseInitError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}

/** Formats a value for an error message, including NaN, undefined and functions, which JSON would drop. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inWords).join(', ')}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  const maker: unknown = value.constructor;
  if (typeof maker === 'function' && maker !== Object) return `a ${maker.name}`;
  return `an object of {${Object.keys(value).join(', ')}}`;
}

/**
 * Throws if the caller has cancelled the work.
 *
 * @param signal An `AbortSignal`.
 * @param during The name of the work, or of its subject, for the message.
 * @throws ABORTED with the signal's reason as cause.
 */
export function requireNotAborted(
  signal: { readonly aborted: boolean; readonly reason: unknown } | undefined,
  during: string,
): void {
  if (!signal?.aborted) return;
  throw new FuseInitError('ABORTED', `Stopped by the caller's signal at ${JSON.stringify(during)}.`, {
    cause: signal.reason,
  });
}
