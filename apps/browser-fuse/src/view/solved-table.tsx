import type { FuseReport, SolvedReport } from '@fuseinit/tfjs';
import { error, kernel } from './format.js';

/** How well each layer was solved: relative errors on the samples solved on, and on those held out. */
export function SolvedTable({ report }: { readonly report: FuseReport }) {
  const output = report.outputRelativeMse[0]?.relativeMse;
  return (
    <>
      <table class="solved">
        <caption>
          Relative mean square error
          <span class="hint">0 is exact, 1 is no better than the mean</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">predicted</th>
            <th scope="col">held out</th>
          </tr>
        </thead>
        <tbody>
          {report.spans.map(({ layers, ...solved }) => (
            <SolvedRow
              key={solved.name}
              name={`${layers[0]} to ${layers.at(-1)}`}
              kind={`fused to one ${solved.className}${solved.geometry ? ` ${kernel(solved.geometry.kernelSize)}` : ''}`}
              solved={solved}
            />
          ))}
          {report.refits.map((solved) => (
            <SolvedRow key={solved.name} name={solved.name} kind="refitted" solved={solved} />
          ))}
        </tbody>
      </table>
      {output !== undefined && (
        <p class="hint">
          The network's output is off by {error(output)}, measured on{' '}
          {report.outputMeasuredOn === 'heldOut' ? 'held-out samples' : 'the samples solved on'}.
        </p>
      )}
    </>
  );
}

function SolvedRow(props: {
  readonly name: string;
  readonly kind: string;
  readonly solved: Pick<SolvedReport, 'relativeMse' | 'heldOutRelativeMse'>;
}) {
  const { relativeMse, heldOutRelativeMse } = props.solved;
  return (
    <tr>
      <th scope="row">
        {props.name}
        <span class="hint">{props.kind}</span>
      </th>
      <td>{error(relativeMse)}</td>
      <td>{heldOutRelativeMse === null ? 'none held out' : error(heldOutRelativeMse)}</td>
    </tr>
  );
}
