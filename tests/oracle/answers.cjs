// Answers questions with Grafana's own code: node answers.cjs FOLDER, a question a line as JSON, an answer a line.
'use strict';
const { createRequire } = require('node:module');
const { join, resolve } = require('node:path');
const { createInterface } = require('node:readline');
const { pathToFileURL } = require('node:url');

globalThis.navigator ??= { language: 'en-US' };
const folder = resolve(process.argv[2]);
const load = createRequire(join(folder, 'package.json'));
const data = load('@grafana/data');
// Not by its name: the package's entry loads all of its widgets.
const singleStat = load(join(folder, 'node_modules/@grafana/ui/dist/cjs/components/SingleStatShared/SingleStatBaseOptions.cjs'));
const { DataTransformerID } = load(join(folder, 'node_modules/@grafana/data/dist/cjs/transformations/transformers/ids.cjs'));
const theme = data.createTheme();
// Only now: what is loaded before would take it for a browser's. Transformations look there for the switches of the debugger.
globalThis.window = { location: { search: '' } };

const ids = (registry) => registry.list().map((each) => each.id);
// One of them is there under its name of old, too; a registry wants each id once.
const steps = new Map(Object.values(data.standardTransformers).map((each) => [each.id, each]));
data.standardTransformersRegistry.setInit(() => [...steps.values()].map((each) => ({
  id: each.id, name: each.name, transformation: async () => each, editor: () => null,
})));

/** Takes every property as it is: which ones a panel has is what the schemas say. */
function properties(config) {
  const found = new data.FieldConfigOptionsRegistry();
  const named = new Set(config.overrides.flatMap((override) => override.properties.map((property) => property.id)));
  for (const id of named) {
    const isCustom = id.startsWith('custom.');
    const path = isCustom ? id.slice('custom.'.length) : id;
    found.register({ id, path, name: id, isCustom, editor: null, override: null, process: (value) => value, shouldApply: () => true });
  }
  return found;
}

/** What a resource of Kubernetes violates: types, patterns and enumerations, which the package has compiled. */
async function refused(resource) {
  const [group, version] = resource.apiVersion.includes('/') ? resource.apiVersion.split('/') : ['', resource.apiVersion];
  const within = group ? ['@kubernetes-models/prometheus-operator', group] : ['kubernetes-models'];
  const module = await import(pathToFileURL(join(folder, 'node_modules', ...within, version, `${resource.kind}.js`)));
  try {
    new module[resource.kind](resource).validate();
    return null;
  } catch (error) {
    return error.message;
  }
}

const answers = {
  refused: (resources) => Promise.all(resources.map(refused)),
  units: () => data.getValueFormats().flatMap((group) => group.submenu.map((unit) => unit.value)),
  reducers: () => ids(data.fieldReducers),
  transformations: () => Object.values(DataTransformerID),
  matchers: () => ids(data.fieldMatchers),
  properties: () => Object.values(data.FieldConfigProperty),
  colorModes: () => ids(data.fieldColorModeRegistry),
  colors: (names) => names.map((name) => theme.visualization.getColorByName(name)),
  formatted: (values) => values.map(([unit, value, decimals]) => data.formattedValueToString(data.getValueFormat(unit)(value, decimals ?? null))),
  active: (values) => values.map(([value, thresholds]) => data.getActiveThreshold(value, thresholds).color),
  migrated: (panels) => panels.map((panel) => {
    const options = singleStat.sharedSingleStatMigrationHandler(panel);
    return { ...panel, options };
  }),
  overridden: ({ config, series }) => data.applyFieldOverrides({
    data: series.map((each) => data.toDataFrame(each)),
    fieldConfig: config,
    fieldConfigRegistry: properties(config),
    replaceVariables: (text) => text,
    theme,
  }).map((frame) => frame.fields.map((field) => ({ ...field.config, name: field.name, shownAs: data.getFieldDisplayName(field, frame) }))),
  transformed: ({ steps, series }) => new Promise((resolve, reject) => {
    data.transformDataFrame(steps, series.map((each) => data.toDataFrame(each))).subscribe({
      next: (frames) => resolve(frames.map((frame) => ({
        columns: frame.fields.map((field) => data.getFieldDisplayName(field, frame, frames)),
        rows: Array.from({ length: frame.length }, (_, row) => frame.fields.map((field) => field.values[row])),
      }))),
      error: reject,
    });
  }),
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  let said;
  try {
    const [question, about] = JSON.parse(line);
    said = { answer: await answers[question](about) };
  } catch (error) {
    said = { error: String(error.stack) };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
});
