export {
  type FloatArray,
  multiplyRows,
  type NdArray,
  ndArray,
  reshape,
  sizeOf,
  subarray,
} from './array/nd-array.js';
export {
  type BackendAdapter,
  type MomentSums,
  type PatchLayout,
  patchLayout,
  referenceBackend,
  type SumsLayout,
} from './backend/backend-adapter.js';
export {
  FuseInitError,
  type FuseInitErrorCode,
  type FuseInitErrorCodes,
  inWords,
  requireNotAborted,
} from './errors/fuse-init-error.js';
export { didYouMean, listNames } from './errors/known-names.js';
export { requireKnownOptions } from './errors/require-known-options.js';
export {
  type Between,
  type ConvLayer,
  type DenseLayer,
  type FuseConvConvOptions,
  type FuseConvDenseOptions,
  type FuseDenseDenseOptions,
  type FusedConvolution,
  fuseConvConv,
  fuseConvDense,
  fuseDenseDense,
} from './fuse/fuse-plain-layers.js';
export { centerKernel, composeGeometry, isCentered, uniteGeometry } from './geometry/compose-geometry.js';
export { extractPatches, patchOffsets } from './geometry/extract-patches.js';
export {
  geometryFault,
  type PatchGeometry,
  type PatchGeometryOptions,
  patchGeometry,
  positionCount,
  wholeWindow,
} from './geometry/patch-geometry.js';
export {
  type LinearAlgebra,
  type PositiveSolution,
  referenceLinearAlgebra,
} from './linear-algebra/linear-algebra.js';
export { centerMoments, centerRows, type PatchCut } from './moments/center-moments.js';
export {
  type CalibrationRows,
  emptyMoments,
  type Moments,
  momentsOfRows,
  notFiniteSide,
  singlePrecision,
  trace,
} from './moments/moments.js';
export {
  createMomentsAccumulator,
  type MomentsAccumulator,
  mergeMoments,
} from './moments/moments-accumulator.js';
export { costOf, multiplyAddsOf, type NetworkCost } from './network/cost.js';
export { applyLayer, describeNode, type InterpretOptions, interpret } from './network/interpret.js';
export { type JoinedNetworks, joinNetworks } from './network/join-networks.js';
export {
  changeNetwork,
  inputNode,
  maskMakersOf,
  type Network,
  type NetworkChange,
  type NetworkLayer,
  type NetworkNode,
  type NetworkWeight,
  type NodeMasks,
  nodeOf,
  nodesBehind,
  readersOf,
  readTwice,
  sharedLayers,
  type TensorRef,
  type TensorType,
  tensorKey,
  tensorType,
} from './network/network.js';
export {
  type AffineForm,
  type AffineStep,
  applyAffineForm,
  type ChannelStep,
  type DenseStep,
  fullKernel,
  type StepWindow,
  type TransposedStep,
  type WindowStep,
} from './plugin/affine-form.js';
export {
  fusePair,
  lowerLayer,
  pairFailed,
  pairMember,
  pluginWeights,
  staticShape,
} from './plugin/call-plugin.js';
export {
  defineLayer,
  defineLayerPair,
  type FusedLayer,
  type LayerDescription,
  type LayerPairPlugin,
  type LayerPlugin,
  type LoweredLayer,
  type Lowering,
  type PairMember,
  type SolvedWeights,
  type SpanRoles,
  type WeightedLayer,
} from './plugin/layer-plugin.js';
export { shuffledIndices, uniformStream } from './random/uniform-stream.js';
export { activate, elementwiseActivations, mapElements } from './reference/activations.js';
export { convolve, depthwiseConvolve, pool } from './reference/sliding-layers.js';
export {
  type AffineError,
  type AffineMap,
  errorOfSamples,
  type MeasuredRows,
  type MomentsError,
  meanOfSamples,
  measureAffine,
  type RowsError,
} from './solve/affine-error.js';
export type { AffineSolution, ChannelCoupling, HeldOutError, SolveOptions } from './solve/least-squares.js';
export { ridgeWithoutHeldOut } from './solve/ridge.js';
export { roundAffine } from './solve/round-affine.js';
export { solveAffine } from './solve/solve-affine.js';
export type { RidgeCandidate, SolveDiagnostics } from './solve/solve-diagnostics.js';
