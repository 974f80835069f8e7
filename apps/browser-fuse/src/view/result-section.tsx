import type { OpenedModel } from '../protocol.js';
import type { FuseResult } from '../session/session.js';
import { ComparisonTable } from './comparison-table.js';
import { count } from './format.js';
import { LayerFacts } from './layer-facts.js';
import { Section } from './section.js';
import { SolvedTable } from './solved-table.js';

export interface ResultSectionProps {
  readonly result: FuseResult;
  readonly model: OpenedModel;
}

export function ResultSection({ result, model }: ResultSectionProps) {
  const { report, student, comparison, samples } = result;
  const { layers } = student;
  const replaced = new Set(report.spans.flatMap(({ replacedBy }) => replacedBy));
  const refitted = new Set(report.refits.map(({ name }) => name));
  const tagOf = (name: string) => {
    if (replaced.has(name)) return { text: 'new', isNew: true };
    return refitted.has(name) ? { text: 'refitted', isNew: false } : undefined;
  };
  return (
    <Section
      name="result"
      title="Result"
      lead={`No training: solved on ${count(samples)} samples without labels, compared on ${count(comparison.samples)} others.`}
    >
      <div class="columns">
        <div>
          <ComparisonTable result={result} model={model} />
          {report.warnings.length > 0 && (
            <ul class="warnings">
              {report.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          )}
          <SolvedTable report={report} />
        </div>
        <div class="layer-column">
          <h3>The student</h3>
          <ol>
            {layers.map((layer, index) => (
              <li key={layer.name} class="layer" data-new={replaced.has(layer.name)}>
                <div class="layer-line">
                  <LayerFacts layer={layer} previous={layers[index - 1]?.name} tag={tagOf(layer.name)} />
                </div>
              </li>
            ))}
          </ol>
        </div>
      </div>
    </Section>
  );
}
