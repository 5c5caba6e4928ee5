/** Puts a bug into a module as it is loaded, in a process of its own. Touches the world: how modules are loaded. */
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A piece of the source of a file, and what stands there instead. */
export interface PlantedBug {
  readonly name: string;
  /** From the repository's root. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Planted<M> {
  readonly mutant: M;
  /** To be called once all is imported. @throws Error where the file was not loaded */
  readonly requireLoaded: () => void;
}

/** To be called before the file is imported. @throws Error where no bug is called so; on loading, where its text is not there */
export function plantBug<M extends PlantedBug>(bugs: readonly M[], name: string | undefined): Planted<M> {
  const mutant = bugs.find((each) => each.name === name);
  if (mutant === undefined) throw new Error(`no mutant is called ${name}`);
  const url = pathToFileURL(fileURLToPath(new URL(`../../${mutant.file}`, import.meta.url))).href;
  let isLoaded = false;
  registerHooks({
    load: (loaded, context, nextLoad) => {
      const module = nextLoad(loaded, context);
      if (loaded !== url) return module;
      const source = Buffer.from(module.source as Uint8Array).toString();
      if (!source.includes(mutant.from)) throw new Error(`${mutant.file} does not hold: ${mutant.from}`);
      isLoaded = true;
      return { ...module, source: source.replace(mutant.from, mutant.to) };
    },
  });
  const requireLoaded = (): void => {
    if (!isLoaded) throw new Error(`${mutant.file} was not loaded`);
  };
  return { mutant, requireLoaded };
}
