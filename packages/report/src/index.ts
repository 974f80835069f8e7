export { createReport } from './create-report.js';
export type { CreateReportOptions, ReportBatch, ReportData } from './create-report-options.js';
export type {
  Answers,
  ClassAnswers,
  ClassCount,
  LabelAccuracy,
  LabelAnswers,
  LabelledAnswers,
  ValueAnswers,
  ValueError,
} from './data/answers.js';
export {
  type ChannelError,
  type FusionReport,
  type GivenTeacher,
  type LatencyRatio,
  type LatencyReport,
  type LayerError,
  type NetworkLatency,
  type OutputReport,
  type PlanPoint,
  type PlanReport,
  type PositionErrors,
  type RefitResult,
  type ReportedLayer,
  type ReportedNetwork,
  type Reproduction,
  reportVersion,
  type SampleImage,
  type SampleInput,
  type SampleOutput,
  type SampleReport,
  type SampleValues,
  type SpanResult,
  type WarmLatency,
} from './data/fusion-report.js';

export { parseReport } from './parse/parse-report.js';
export { renderReport } from './render-report.js';
