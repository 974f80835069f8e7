/** What went wrong, for programs; the message is for people. */
export type FuseInitErrorCode =
  | 'ABORTED'
  | 'ARGUMENT_INVALID'
  | 'BACKEND_UNAVAILABLE'
  | 'CALIBRATION_DATA_EMPTY'
  | 'CALIBRATION_DATA_UNSUPPORTED'
  | 'CHECK_FAILED'
  | 'CHECKPOINT_MISMATCH'
  | 'COVARIANCE_SINGULAR'
  | 'DATA_FILE_INVALID'
  | 'DATA_FILE_MISSING'
  | 'DEVICE_LOST'
  | 'KERNEL_TOO_LARGE'
  | 'LAYER_UNKNOWN'
  | 'LAYER_UNSUPPORTED'
  | 'MODEL_DISPOSED'
  | 'MODEL_FILE_INVALID'
  | 'MODEL_FILE_MISSING'
  | 'MODEL_FILE_UNWRITABLE'
  | 'MODEL_UNBUILT'
  | 'MODEL_UNSUPPORTED'
  | 'NETWORK_INVALID'
  | 'PLAN_INVALID'
  | 'PLUGIN_CONFLICT'
  | 'PLUGIN_FAILED'
  | 'PRECISION_TOO_LOW'
  | 'SAMPLES_TOO_FEW'
  | 'SHAPE_MISMATCH'
  | 'SPAN_ILLEGAL'
  | 'SPAN_NOT_FOUND'
  | 'SPEC_VERSION_UNSUPPORTED'
  | 'TENSOR_TOO_LARGE'
  | 'VALUE_NOT_FINITE';

const marker = Symbol.for('fuseinit.error');

/**
 * The one error type of FuseInit: a `code` for programs, and a message that says what came, what was expected and
 * what to do.
 *
 * Test with {@link FuseInitError.isInstance}, which holds across copies of this package in one program; `instanceof`
 * does not.
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
