import { join } from 'node:path';
import { cifar10 } from './cifar-10.js';
import type { Dataset, Task } from './dataset.js';
import { fashionMnist } from './fashion-mnist.js';
import { fsdd } from './fsdd.js';
import { mnist } from './mnist.js';
import { spSwHar } from './sp-sw-har.js';
import { speechCommands } from './speech-commands.js';
import { abalone, abaloneAge } from './tables/abalone.js';
import { airfoil } from './tables/airfoil.js';
import { californiaHousing } from './tables/california-housing.js';
import { diabetes } from './tables/diabetes.js';
import { uciHar } from './uci-har.js';

const classifications = {
  'fashion-mnist': (root: string) => fashionMnist(join(root, 'fashion-mnist')),
  mnist: (root: string) => mnist(join(root, 'mnist')),
  'cifar-10': (root: string) => cifar10(join(root, 'cifar-10')),
  'uci-har': (root: string) => uciHar(join(root, 'uci-har')),
  'sp-sw-har': (root: string) => spSwHar(join(root, 'sp-sw-har')),
  'speech-commands': (root: string) => speechCommands(join(root, 'speech-commands')),
  fsdd: (root: string) => fsdd(join(root, 'fsdd')),
  'abalone-age': (root: string) => abaloneAge(join(root, 'tables')),
} as const;

const regressions = {
  'california-housing': (root: string) => californiaHousing(join(root, 'tables')),
  abalone: (root: string) => abalone(join(root, 'tables')),
  airfoil: (root: string) => airfoil(join(root, 'tables')),
  diabetes: (root: string) => diabetes(join(root, 'tables')),
} as const;

const loaders = { ...classifications, ...regressions };

export type DatasetName = keyof typeof loaders;

export const datasetNames = Object.keys(loaders) as readonly DatasetName[];

/** The kind of a set's task, which is known without its files. */
export function taskKindOf(name: DatasetName): Task['kind'] {
  return name in regressions ? 'regression' : 'classification';
}

/**
 * Loads a data set from its official files. Nothing is downloaded.
 *
 * @param root Folder with a folder for each set, named as the set; tables share one, `tables`.
 * @throws DATA_FILE_MISSING saying where to get the set and where to put it.
 * @throws DATA_FILE_INVALID for files that aren't the expected ones.
 */
export function loadDataset(name: DatasetName, root: string): Dataset {
  return loaders[name](root);
}
