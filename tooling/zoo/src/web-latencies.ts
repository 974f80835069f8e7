import { latenciesOf, type VersionLatencies } from '@fuseinit/bench';
import { type Version, type Versions, type VersionsOrder, versions } from '@fuseinit/bench/versions';
import { openModule } from '@fuseinit/chromium';
import { graphModelFiles, modelFiles } from '@fuseinit/model-files';
import type { PageTimes, SentArtifacts } from './in-page.js';

export interface WebLatencies extends VersionLatencies {
  /** The shader programs that the first run of each links. */
  readonly programs: Versions<number>;
  readonly computesOn: string;
}

/**
 * Times the versions of a model on WebGL, in a Chromium of its own for each that runs first.
 *
 * @throws Error where Chromium isn't installed, or with what failed in the page.
 */
export async function webLatencies(
  folders: Versions<string>,
  order: Omit<VersionsOrder, 'first'>,
  signal: AbortSignal,
): Promise<WebLatencies> {
  const there = versions.filter((version) => folders[version] !== undefined);
  const sent = Object.fromEntries(
    await Promise.all(there.map(async (version) => [version, await readToSend(folders[version]!, version)])),
  ) as Versions<SentArtifacts>;
  const seen: { first: Version; times: PageTimes }[] = [];
  for (const first of there) {
    signal.throwIfAborted();
    const page = await openModule(new URL('./in-page.js', import.meta.url), { handleSIGINT: false });
    const close = () => void page.close();
    signal.addEventListener('abort', close);
    try {
      seen.push({ first, times: (await page.call('timeInPage', { ...order, first }, sent)) as PageTimes });
    } finally {
      signal.removeEventListener('abort', close);
      await page.close();
    }
  }
  return {
    ...latenciesOf(seen),
    programs: Object.fromEntries(
      seen.map(({ first, times }) => [first, times.programs]),
    ) as unknown as Versions<number>,
    computesOn: seen[0]!.times.computesOn,
  };
}

async function readToSend(folder: string, version: Version): Promise<SentArtifacts> {
  const { weightData, ...rest } = await (version === 'graph' ? graphModelFiles : modelFiles)(folder).load();
  const parts = [weightData].flat().map((part) => Buffer.from(part as ArrayBuffer));
  return { ...rest, weights: Buffer.concat(parts).toString('base64') };
}
