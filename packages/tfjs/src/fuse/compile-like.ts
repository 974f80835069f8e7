import type { LayersModel } from '../tensorflow.js';

/** The properties that tfjs-layers keeps of a compilation, which its types don't declare. */
interface Compiled {
  optimizer?: { getConfig(): object; constructor: unknown };
  loss?: unknown;
  metrics?: unknown;
  isOptimizerOwned?: boolean;
}

/**
 * Compiles a model that was derived from another in the same way as that one, with an optimizer of its own.
 * Does nothing if the other model isn't compiled.
 *
 * @param name The name of the model in the warning.
 * @returns A warning if the model can't be compiled, and is left uncompiled.
 */
export function compileLike(teacher: LayersModel, student: LayersModel, name = 'student'): string[] {
  const { optimizer, loss, metrics } = teacher as unknown as Compiled;
  if (!optimizer || loss === undefined) return [];
  const optimizerClass = optimizer.constructor as { fromConfig(cls: unknown, config: object): unknown };
  let own: { dispose?(): void } | undefined;
  try {
    own = optimizerClass.fromConfig(optimizerClass, optimizer.getConfig()) as typeof own;
    student.compile({
      optimizer: own as never,
      loss: byStudentOutputs(teacher, student, loss) as never,
      ...(metrics === undefined ? {} : { metrics: byStudentOutputs(teacher, student, metrics) as never }),
    });
  } catch (error) {
    own?.dispose?.();
    return [
      `The ${name} isn't compiled, since it couldn't be as the ${name === 'student' ? 'teacher' : 'model given'} is (${(error as Error)?.message}): compile it before you train or evaluate it by TensorFlow.js.`,
    ];
  }
  // The optimizer is created here, so that disposing the student disposes it.
  (student as unknown as Compiled).isOptimizerOwned = true;
  return [];
}

/**
 * Translates values by output name to the names of the student's outputs, since a fused output layer has a
 * name of its own.
 */
function byStudentOutputs(teacher: LayersModel, student: LayersModel, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const [from, to] = [teacher.outputNames, student.outputNames];
  const told = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    from.flatMap((name, index) => (Object.hasOwn(told, name) ? [[to[index]!, told[name]]] : [])),
  );
}
