import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FuseInitError } from '@fuseinit/core';

/** The location of a model's files. */
export interface ModelLocation {
  readonly folder: string;
  /** The path of the model.json file. */
  readonly json: string;
  /** The prefix of the names of written weight files, which is unique for each model in a folder. */
  readonly weightPrefix: string;
}

const otherFormats = new Map([
  ['.h5', 'keras'],
  ['.hdf5', 'keras'],
  ['.keras', 'keras_keras'],
]);

export function modelLocation(path: string | URL): ModelLocation {
  const plain = plainPath(path);
  const format = otherFormats.get(extname(plain).toLowerCase());
  if (format) {
    throw new FuseInitError(
      'MODEL_UNSUPPORTED',
      `${plain} is a file of Keras: TensorFlow.js reads a model.json. Convert it with "pip install tensorflowjs" and ` +
        `"tensorflowjs_converter --input_format=${format} ${basename(plain)} FOLDER", and give that folder.`,
    );
  }
  if (extname(plain).toLowerCase() !== '.json') {
    return { folder: plain, json: join(plain, 'model.json'), weightPrefix: 'weights' };
  }
  const stem = basename(plain, extname(plain));
  return {
    folder: dirname(plain),
    json: plain,
    weightPrefix: stem === 'model' ? 'weights' : `${stem}-weights`,
  };
}

function plainPath(path: string | URL): string {
  const text = String(path);
  if (text === '' || text.includes('\0')) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      'The path of a model is empty: give its folder or its model.json.',
    );
  }
  if (!(path instanceof URL) && !/^[a-z][a-z\d+.-]+:\/\//i.test(text)) return text;
  try {
    return fileURLToPath(text);
  } catch (cause) {
    throw new FuseInitError(
      'ARGUMENT_INVALID',
      `${text} isn't the URL of a file: give a folder or a model.json on disk; tf.loadLayersModel takes other URLs as they are.`,
      { cause },
    );
  }
}
