// Makes a component of one JavaScript file: node componentize.mjs SOURCE.js WIT_FOLDER WORLD OUT.wasm
import { rename, writeFile } from 'node:fs/promises';

import { componentize } from '@bytecodealliance/componentize-js';

const [sourcePath, witPath, worldName, out] = process.argv.slice(2);
const { component } = await componentize({
  sourcePath,
  witPath,
  worldName,
  enableFeatures: ['http', 'fetch-event'],
});
await writeFile(`${out}.part`, component);
await rename(`${out}.part`, out);
