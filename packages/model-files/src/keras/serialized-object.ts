import { isObject, type JsonObject } from '../json-object.js';

/** A layer, initializer, regularizer or the like, as Keras writes it. */
export interface SerializedObject extends JsonObject {
  readonly class_name: string;
  readonly config: JsonObject;
}

export function serializedObject(value: JsonObject): SerializedObject | undefined {
  return typeof value.class_name === 'string' && isObject(value.config)
    ? (value as SerializedObject)
    : undefined;
}
