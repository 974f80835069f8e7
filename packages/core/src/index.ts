export { multiplyRows } from './array/matrix.js';
export { type FloatArray, type NdArray, ndArray, reshape, sizeOf } from './array/nd-array.js';
export type { BackendAdapter } from './backend/backend-adapter.js';
export type { MomentSums, SumsLayout } from './backend/moment-sums.js';
export { type PatchLayout, patchLayout } from './backend/patch-layout.js';
export { referenceBackend } from './backend/reference-backend.js';
export { FuseInitError, type FuseInitErrorCode, type FuseInitErrorCodes } from './errors/fuse-init-error.js';
export { inWords } from './errors/in-words.js';
export type { Between } from './fuse/between.js';
export { type FuseConvConvOptions, type FusedConvolution, fuseConvConv } from './fuse/fuse-conv-conv.js';
export { type FuseConvDenseOptions, fuseConvDense } from './fuse/fuse-conv-dense.js';
export { type FuseDenseDenseOptions, fuseDenseDense } from './fuse/fuse-dense-dense.js';
export type { ConvLayer, DenseLayer } from './fuse/plain-layer.js';
export { centerKernel, isCentered } from './geometry/center-kernel.js';
export { composeGeometry } from './geometry/compose-geometry.js';
export { extractPatches, patchOffsets } from './geometry/extract-patches.js';
export { geometryFault } from './geometry/geometry-fault.js';
export {
  type PatchGeometry,
  type PatchGeometryOptions,
  patchGeometry,
  positionCount,
} from './geometry/patch-geometry.js';
export type { LinearAlgebra, PositiveSolution } from './linear-algebra/linear-algebra.js';
export { referenceLinearAlgebra } from './linear-algebra/reference-linear-algebra.js';
export { centerMoments, centerRows, type PatchCut } from './moments/center-moments.js';
export { emptyMoments, type Moments, singlePrecision, trace } from './moments/moments.js';
export {
  createMomentsAccumulator,
  type MomentsAccumulator,
  mergeMoments,
} from './moments/moments-accumulator.js';
export { type CalibrationRows, momentsOfRows } from './moments/moments-of-rows.js';
export { notFiniteSide } from './moments/not-finite-side.js';
export { costOf, multiplyAddsOf, type NetworkCost } from './network/cost.js';
export { applyLayer, describeNode, type InterpretOptions, interpret } from './network/interpret.js';
export { type JoinedNetworks, joinNetworks } from './network/join-networks.js';
export {
  changeNetwork,
  type Network,
  type NetworkChange,
  type NetworkLayer,
  type NetworkNode,
  type NetworkWeight,
  type NodeMasks,
  nodeOf,
  readersOf,
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
export { defineLayer, defineLayerPair } from './plugin/define-plugin.js';
export { fusePair, pairFailed, pairMember, pluginWeights } from './plugin/fuse-pair.js';
export type { LayerDescription, WeightedLayer } from './plugin/layer-description.js';
export type { FusedLayer, LayerPairPlugin, PairMember, SolvedWeights } from './plugin/layer-pair-plugin.js';
export type { LayerPlugin, LoweredLayer, Lowering, SpanRoles } from './plugin/layer-plugin.js';
export { lowerLayer, staticShape } from './plugin/lower-layer.js';
export { shuffledIndices } from './random/shuffled-indices.js';
export { uniformStream } from './random/uniform-stream.js';
export { activate, elementwiseActivations, mapElements } from './reference/activations.js';
export { convolve, depthwiseConvolve } from './reference/convolve.js';
export { pool } from './reference/pool.js';
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
export { solveAffine } from './solve/solve-affine.js';
export type { RidgeCandidate, SolveDiagnostics } from './solve/solve-diagnostics.js';
