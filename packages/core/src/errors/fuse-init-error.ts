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
  /** A file of data can not be read as what it says it is. */
  DATA_FILE_INVALID: true;
  /** A file of data does not exist. */
  DATA_FILE_MISSING: true;
  /** The device, and what was computed on it, is gone. */
  DEVICE_LOST: true;
  /** A kernel exceeds the receptive field or the patches. */
  KERNEL_TOO_LARGE: true;
  /** No plugin is known for the class of a layer. */
  LAYER_UNKNOWN: true;
  /** A layer's config can not be honoured. */
  LAYER_UNSUPPORTED: true;
  /** A model was disposed before or while it was used. */
  MODEL_DISPOSED: true;
  /** A file of a model can not be read as what it says it is. */
  MODEL_FILE_INVALID: true;
  /** A file of a model does not exist. */
  MODEL_FILE_MISSING: true;
  /** A file of a model can not be written. */
  MODEL_FILE_UNWRITABLE: true;
  /** A model has no weights yet. */
  MODEL_UNBUILT: true;
  /** A model has a structure or a type that can not be fused. */
  MODEL_UNSUPPORTED: true;
  /** A network is not well formed. */
  NETWORK_INVALID: true;
  /** A plan can not be read, or is of another model. */
  PLAN_INVALID: true;
  /** Two plugins speak for the same class. */
  PLUGIN_CONFLICT: true;
  /** A plugin threw, or gave something that its contract does not allow. */
  PLUGIN_FAILED: true;
  /** Rounding leaves too little of the result. */
  PRECISION_TOO_LOW: true;
  /** There are fewer samples or rows than the result needs. */
  SAMPLES_TOO_FEW: true;
  /** Arrays do not fit each other or what they are used for. */
  SHAPE_MISMATCH: true;
  /** A span can not be fused, with the reason. */
  SPAN_ILLEGAL: true;
  /** A model has no such span, or none at all. */
  SPAN_NOT_FOUND: true;
  /** Something was written for another version of a contract. */
  SPEC_VERSION_UNSUPPORTED: true;
  /** An array does not fit the memory of the device. */
  TENSOR_TOO_LARGE: true;
  /** Numbers hold NaN or Infinity. */
  VALUE_NOT_FINITE: true;
}

/** The kind of an error, for programs; the message is for people. */
export type FuseInitErrorCode = keyof FuseInitErrorCodes;

const marker = Symbol.for('fuseinit.error');

/**
 * The one error type of FuseInit: a `code` for programs, and a message that says what came, what was expected
 * and what to do.
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

/** A value as an error message shows it: NaN, undefined and functions too, which JSON would drop. */
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
 * Stops work that its caller cancelled.
 *
 * @param signal An `AbortSignal`.
 * @param during The work, or its subject, for the message.
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
