import { isObject, type JsonObject } from '../json-object.js';

/** A layer, initializer, regularizer or similar object as serialized by Keras. */
export interface SerializedObject extends JsonObject {
  readonly class_name: string;
  readonly config: JsonObject;
}

export function serializedObject(value: JsonObject): SerializedObject | undefined {
  return typeof value.class_name === 'string' && isObject(value.config)
    ? (value as SerializedObject)
    : undefined;
}

/** Whether an object is a model: its config has layers. */
export function isModel({ class_name, config }: SerializedObject): boolean {
  return ['Sequential', 'Functional', 'Model'].includes(class_name) && Array.isArray(config.layers);
}

/** The name of a layer or a model: functional models also have it beside the config. */
export function nameOf({ name, config }: SerializedObject): string {
  return String(name ?? config.name);
}
