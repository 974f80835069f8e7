import { smoothed, type TrainingRun } from '../session/training-run.js';
import { percent } from './format.js';
import { LineChart } from './line-chart.js';

/** Loss and accuracy of both networks as they train, as curves and as a table. */
export function TrainingCurves({ run }: { readonly run: TrainingRun }) {
  const losses = smoothed(run.losses, 60);
  const { accuracies } = run;
  const measure = run.learnsFrom === 'teacher' ? 'Agreement with the teacher' : 'Accuracy';
  return (
    <>
      <ul class="legend">
        <li class="fused">fused student</li>
        <li class="random">random weights</li>
      </ul>
      <div class="charts">
        <LineChart
          title="Loss by epoch"
          format={(value) => value.toPrecision(2)}
          data={[
            losses.map(({ epochs }) => epochs),
            losses.map(({ loss }) => loss.fused),
            losses.map(({ loss }) => loss.random),
          ]}
        />
        <LineChart
          title={`${measure} by epoch`}
          format={(value) => `${Math.round(100 * value)} %`}
          data={[
            accuracies.map(({ epoch }) => epoch),
            accuracies.map(({ accuracy }) => accuracy.fused),
            accuracies.map(({ accuracy }) => accuracy.random),
          ]}
        />
      </div>
      <table class="epochs">
        <caption>
          {measure} on test samples
          {run.state === 'stopped' && <span class="hint">stopped: the fused student is as it was</span>}
        </caption>
        <thead>
          <tr>
            <th scope="col">After epoch</th>
            <th scope="col">Fused student</th>
            <th scope="col">Random weights</th>
          </tr>
        </thead>
        <tbody>
          {accuracies.map(({ epoch, accuracy }) => (
            <tr key={epoch}>
              <th scope="row">{epoch === 0 ? 'before' : epoch}</th>
              <td>{percent(accuracy.fused)}</td>
              <td>{percent(accuracy.random)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
