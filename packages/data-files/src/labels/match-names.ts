/** Which of some names each image has. */
export interface NameMatch {
  /** For each image, the place of its name; undefined where there is none, or more than one. */
  readonly places: readonly (number | undefined)[];
  /** Places of names that are no image's. */
  readonly unused: readonly number[];
}

const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const stem = (path: string) => fileName(path).replace(/\.(png|jpe?g)$/i, '');

/** Ways to tell that two paths mean the same image, the strictest first. */
const keys: readonly ((path: string) => string)[] = [
  (path) => path,
  fileName,
  // Names may lack the extension.
  stem,
  // A program that reads 007 as a number writes 7.
  (path) => stem(path).replace(/^0+(?=\d+$)/, ''),
];

/**
 * Matches images with names: by whole paths, else by file names, else by file names without their extension,
 * else by these without leading zeros; each way only where it tells all images apart. Names may have folders
 * before them that the images' paths lack.
 *
 * @returns The match of most images.
 */
export function matchNames(images: readonly string[], names: readonly string[]): NameMatch {
  const ours = images.map(plain);
  const theirs = withoutSharedFolder(names.map(plain), ours);
  const matches = keys.flatMap((key) => matchBy(key, ours, theirs) ?? []);
  const score = ({ places }: NameMatch) => places.filter((place) => place !== undefined).length;
  return matches.reduce((one, other) => (score(other) > score(one) ? other : one));
}

/** With slashes, and without what means the folder itself. */
function plain(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(\.?\/)+/, '');
}

/** Cuts off the folders that all names begin with, as far as no image's path begins so. */
function withoutSharedFolder(names: readonly string[], images: readonly string[]): readonly string[] {
  const [first = ''] = names;
  const end = first.indexOf('/') + 1;
  const folder = first.slice(0, end);
  const isShared = end > 0 && names.every((name) => name.startsWith(folder));
  if (!isShared || images.some((image) => image.startsWith(folder))) return names;
  return withoutSharedFolder(
    names.map((name) => name.slice(end)),
    images,
  );
}

function matchBy(
  key: (path: string) => string,
  images: readonly string[],
  names: readonly string[],
): NameMatch | undefined {
  const keyed = images.map(key);
  if (new Set(keyed).size < keyed.length) return undefined;
  const places = new Map<string, number | undefined>();
  for (const [place, name] of names.entries()) {
    const own = key(name);
    // One that stands there twice tells nothing.
    places.set(own, places.has(own) ? undefined : place);
  }
  const found = keyed.map((own) => places.get(own));
  const used = new Set(found);
  return {
    places: found,
    unused: [...names.keys()].filter((place) => !used.has(place)),
  };
}
