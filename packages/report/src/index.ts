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
export { type FusionReport, reportVersion } from './data/fusion-report.js';
export type { GivenTeacher } from './data/given-teacher.js';
export type { LatencyRatio, LatencyReport, NetworkLatency, WarmLatency } from './data/latency-report.js';
export type { ChannelError, LayerError, PositionErrors } from './data/layer-error.js';
export type { OutputReport } from './data/output-report.js';
export type { RefitResult } from './data/refit-result.js';
export type { ReportedLayer, ReportedNetwork } from './data/reported-network.js';
export type { Reproduction } from './data/reproduction.js';
export type {
  SampleImage,
  SampleInput,
  SampleOutput,
  SampleReport,
  SampleValues,
} from './data/sample-report.js';
export type { SpanResult } from './data/span-result.js';
export { parseReport } from './parse/parse-report.js';
export { renderReport } from './render-report.js';
