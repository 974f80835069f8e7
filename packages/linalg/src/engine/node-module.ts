interface NodeModules {
  worker_threads: {
    Worker: new (
      source: string,
      options: { eval: true; execArgv: string[] },
    ) => {
      on(event: 'message', receive: (value: never) => void): void;
      on(event: 'error', receive: (error: unknown) => void): void;
      on(event: 'exit', receive: (code: number) => void): void;
      postMessage(value: unknown, transfer: ArrayBuffer[]): void;
      ref(): void;
      unref(): void;
      terminate(): Promise<number>;
    };
  };
  os: { availableParallelism(): number };
}

/** A module of Node's own, or nothing elsewhere: asked for in a way that bundlers for pages don't try to resolve. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (id: string) => unknown; versions?: { node?: string } };
  };
  if (!process?.versions?.node) return undefined;
  return process.getBuiltinModule?.(`node:${name}`) as NodeModules[Name] | undefined;
}
