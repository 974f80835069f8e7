import { timeVersions, type Versions, type VersionsOrder, type VersionTimes } from '@fuseinit/bench/versions';
import { browserAndRenderer } from '@fuseinit/chromium/page';
import { repairKernels } from '@fuseinit/tfjs';
import * as tf from '@tensorflow/tfjs';

/** A model's artifacts in the form in which they are sent to a page, with weights in base64. */
export interface SentArtifacts extends Omit<tf.io.ModelArtifacts, 'weightData'> {
  readonly weights: string;
}

export interface PageTimes extends VersionTimes {
  /** The number of shader programs that the first run linked. */
  readonly programs: number;
  readonly computesOn: string;
}

/** Times versions of a model on WebGL; once in a page, which then has run them. */
export async function timeInPage(order: VersionsOrder, sent: Versions<SentArtifacts>): Promise<PageTimes> {
  tf.enableProdMode();
  await tf.setBackend('webgl');
  await tf.ready();
  repairKernels(tf);
  const linked = countLinks();
  let programs = 0;
  const artifacts = Object.fromEntries(
    Object.entries(sent).map(([version, { weights, ...rest }]) => [
      version,
      { ...rest, weightData: Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0)).buffer },
    ]),
  ) as unknown as Versions<tf.io.ModelArtifacts>;
  const before = linked();
  const times = await timeVersions(tf, artifacts, order, {
    afterFirst: () => {
      programs = linked() - before;
    },
  });
  return { ...times, programs, computesOn: `tfjs ${tf.version.tfjs}, ${browserAndRenderer()}` };
}

/** Counts the shader programs that are linked from now on. */
function countLinks(): () => number {
  let count = 0;
  const { prototype } = WebGL2RenderingContext;
  const { linkProgram } = prototype;
  prototype.linkProgram = function (program) {
    count++;
    linkProgram.call(this, program);
  };
  return () => count;
}
