// What Grafana stores, as its own types say it, one type a kind of panel: `schemas.mjs` makes JSON schemas of these.
//
// Grafana's types leave `options`, `custom`, queries, overrides and transformations open. Here each is what the plugin's own types say, so
// that a misspelt option is a violation. What Grafana publishes no types for is spelt out below, with its source.

import type * as grafana from '@grafana/schema';
import type * as stored from 'stored/dashboard/x/types.gen';
import type * as annolist from 'stored/composable/annotationslist/panelcfg/x/types.gen';
import type * as barchart from 'stored/composable/barchart/panelcfg/x/types.gen';
import type * as bargauge from 'stored/composable/bargauge/panelcfg/x/types.gen';
import type * as candlestick from 'stored/composable/candlestick/panelcfg/x/types.gen';
import type * as dashlist from 'stored/composable/dashboardlist/panelcfg/x/types.gen';
import type * as gauge from 'stored/composable/gauge/panelcfg/x/types.gen';
import type * as geomap from 'stored/composable/geomap/panelcfg/x/types.gen';
import type * as heatmap from 'stored/composable/heatmap/panelcfg/x/types.gen';
import type * as histogram from 'stored/composable/histogram/panelcfg/x/types.gen';
import type * as logs from 'stored/composable/logs/panelcfg/x/types.gen';
import type * as news from 'stored/composable/news/panelcfg/x/types.gen';
import type * as piechart from 'stored/composable/piechart/panelcfg/x/types.gen';
import type * as stat from 'stored/composable/stat/panelcfg/x/types.gen';
import type * as statetimeline from 'stored/composable/statetimeline/panelcfg/x/types.gen';
import type * as statushistory from 'stored/composable/statushistory/panelcfg/x/types.gen';
import type * as table from 'stored/composable/table/panelcfg/x/types.gen';
import type * as text from 'stored/composable/text/panelcfg/x/types.gen';
import type * as timeseries from 'stored/composable/timeseries/panelcfg/x/types.gen';
import type * as trend from 'stored/composable/trend/panelcfg/x/types.gen';
import type * as xychart from 'stored/composable/xychart/panelcfg/x/types.gen';
import type { LokiDataQuery } from 'loki';
import type { Spec } from 'v2';
import type { ByNamesMatcherOptions } from 'data/transformations/matchers/nameMatcher';
import type { FieldValueMatcherConfig } from 'data/transformations/matchers/fieldValueMatcher';
import type { CalculateFieldTransformerOptions } from 'data/transformations/transformers/calculateField';
import type { ConcatenateTransformerOptions } from 'data/transformations/transformers/concat';
import type { ConvertFieldTypeTransformerOptions } from 'data/transformations/transformers/convertFieldType';
import type { FilterFieldsByNameTransformerOptions } from 'data/transformations/transformers/filterByName';
import type { FilterFramesByRefIdTransformerOptions } from 'data/transformations/transformers/filterByRefId';
import type { FilterByValueTransformerOptions } from 'data/transformations/transformers/filterByValue';
import type { FormatStringTransformerOptions } from 'data/transformations/transformers/formatString';
import type { FormatTimeTransformerOptions } from 'data/transformations/transformers/formatTime';
import type { GroupByTransformerOptions } from 'data/transformations/transformers/groupBy';
import type { GroupingToMatrixTransformerOptions } from 'data/transformations/transformers/groupingToMatrix';
import type { JoinByFieldOptions } from 'data/transformations/transformers/joinByField';
import type { LabelsToFieldsOptions } from 'data/transformations/transformers/labelsToFields';
import type { LimitTransformerOptions } from 'data/transformations/transformers/limit';
import type { OrganizeFieldsTransformerOptions } from 'data/transformations/transformers/organize';
import type { ReduceTransformerOptions } from 'data/transformations/transformers/reduce';
import type { RenameByRegexTransformerOptions } from 'data/transformations/transformers/renameByRegex';
import type { SortByTransformerOptions } from 'data/transformations/transformers/sortBy';
import type { TransposeTransformerOptions } from 'data/transformations/transformers/transpose';

/** `promlib/models/query.go`, whose fields the editor stores; without `intervalFactor`, which coarsens what is asked. */
export interface PrometheusQuery {
  datasource?: stored.DataSourceRef;
  disableTextWrap?: boolean;
  editorMode?: 'builder' | 'code';
  exemplar?: boolean;
  expr: string;
  format?: 'time_series' | 'table' | 'heatmap';
  fullMetaSearch?: boolean;
  hide?: boolean;
  includeNullMetadata?: boolean;
  instant?: boolean;
  interval?: string;
  legendFormat?: string;
  range?: boolean;
  refId: string;
  useBackend?: boolean;
}

export type LokiQuery = Omit<LokiDataQuery, 'datasource' | 'key'> & { datasource?: stored.DataSourceRef };

/** `DataLink` of @grafana/data, as far as it can be stored. */
export interface DataLink {
  oneClick?: boolean;
  targetBlank?: boolean;
  title: string;
  url: string;
}

/** The formats stand beside the query, where the data source reads them: `processEvents` in @grafana/prometheus. */
type Annotation = Omit<stored.AnnotationQuery, 'datasource' | 'target'> & {
  datasource: stored.DataSourceRef;
  tagKeys?: string;
  target?: PrometheusQuery;
  textFormat?: string;
  titleFormat?: string;
  useValueForTime?: boolean;
};

/** `definition` is what the list of variables shows of a query; the rest is of intervals and of ad hoc filters: `sceneVariablesSetToVariables`. */
type Variable = stored.VariableModel & {
  auto?: boolean;
  auto_count?: number;
  auto_min?: string;
  baseFilters?: Filter[];
  defaultKeys?: Array<{ text: string; value?: string }>;
  definition?: string;
  filters?: Filter[];
};

interface Filter {
  condition?: string;
  key: string;
  operator: '=' | '!=' | '=~' | '!~' | '=|' | '!=|' | '<' | '>';
  value: string;
}

type Defaults<Custom> = Omit<stored.FieldConfig, 'custom' | 'links'> & { custom?: Custom; fieldMinMax?: boolean; links?: DataLink[] };

type Matched<Id extends string, Options> = Omit<stored.MatcherConfig, 'id' | 'options'> & { id: Id; options: Options };

export type Matcher =
  | Matched<'byName' | 'byRegexp' | 'byFrameRefID', string>
  | Matched<'byType', 'time' | 'number' | 'string' | 'boolean' | 'trace' | 'geo' | 'enum' | 'other' | 'frame'>
  | Matched<'byNames', ByNamesMatcherOptions>
  | Matched<'byValue', FieldValueMatcherConfig>;

/** What a property may be is read from the panel's `defaults`, by its id: `schema.py`. */
interface Override {
  matcher: Matcher;
  properties: Array<{ id: string; value: unknown }>;
}

// Grafana lays a step's own options over the kind's defaults (`transformDataFrame`), so each may be left out.
interface Step<Id extends string, Options> extends Omit<stored.DataTransformerConfig, 'id' | 'options' | 'filter'> {
  filter?: { id: 'byRefId'; options: string };
  id: Id;
  options: Partial<Options>;
}

/** The kinds of Grafana's core whose options no package has types of. */
type Untyped =
  | 'configFromData' | 'extractFields' | 'fieldLookup' | 'groupToNestedTable' | 'heatmap' | 'histogram' | 'joinByLabels'
  | 'partitionByValues' | 'prepareTimeSeries' | 'regression' | 'rowsToFields' | 'smoothing' | 'spatial' | 'timeSeriesTable';

/** One kind each; `schema.py` holds a panel's to these by their ids. */
export type Transformation =
  | Step<'calculateField', CalculateFieldTransformerOptions>
  | Step<'concatenate', ConcatenateTransformerOptions>
  | Step<'convertFieldType', ConvertFieldTypeTransformerOptions>
  | Step<'filterByRefId', FilterFramesByRefIdTransformerOptions>
  | Step<'filterByValue', FilterByValueTransformerOptions>
  | Step<'filterFieldsByName', FilterFieldsByNameTransformerOptions>
  | Step<'formatString', FormatStringTransformerOptions>
  | Step<'formatTime', FormatTimeTransformerOptions>
  | Step<'groupBy', GroupByTransformerOptions>
  | Step<'groupingToMatrix', GroupingToMatrixTransformerOptions>
  | Step<'joinByField', JoinByFieldOptions>
  | Step<'labelsToFields', LabelsToFieldsOptions>
  | Step<'limit', LimitTransformerOptions>
  | Step<'merge' | 'seriesToRows', {}>
  | Step<'organize', OrganizeFieldsTransformerOptions>
  | Step<'reduce', ReduceTransformerOptions>
  | Step<'renameByRegex', RenameByRegexTransformerOptions>
  | Step<'sortBy', SortByTransformerOptions>
  | Step<'transpose', TransposeTransformerOptions>
  | Step<Untyped, Record<string, unknown>>;

/** `public/app/plugins/panel/alertlist/types.ts`: no package has these. */
interface AlertListOptions {
  alertInstanceLabelFilter: string;
  alertName: string;
  dashboardAlerts: boolean;
  datasource?: string;
  folder?: { id?: number; title: string; uid?: string } | null;
  groupBy: string[];
  groupMode: 'default' | 'custom';
  maxItems: number;
  showInactiveAlerts?: boolean;
  showInstances: boolean;
  sortOrder: 1 | 2 | 3 | 4 | 5;
  stateFilter: { error: boolean; firing: boolean; noData: boolean; normal: boolean; pending: boolean; recovering?: boolean };
  viewMode: 'list' | 'stat';
}

type Shell = Omit<stored.Panel, 'fieldConfig' | 'gridPos' | 'id' | 'libraryPanel' | 'options' | 'targets' | 'transformations' | 'type'> & {
  gridPos: stored.GridPos;
  id: number;
  title: string;
};

type Panel<Type extends string, Options, Custom = {}> = Shell & {
  fieldConfig?: { defaults: Defaults<Custom>; overrides: Override[] };
  options: Options;
  targets?: Array<PrometheusQuery | LokiQuery>;
  transformations?: Array<{ disabled?: boolean; filter?: unknown; id: string; options: unknown; topic?: string }>;
  type: Type;
};

/** The rest is the library's, and comes from there: `LibraryPanelBehavior`. */
export interface Library {
  gridPos: stored.GridPos;
  id: number;
  libraryPanel: stored.LibraryPanelRef;
  maxPerRow?: number;
  repeat?: string;
  repeatDirection?: 'h' | 'v';
  title?: string;
  type?: string;
}

export interface Row extends Omit<stored.RowPanel, 'panels'> {
  gridPos: stored.GridPos;
  panels: unknown[];
  title: string;
}

/** By Grafana's id of the type. */
export interface Panels {
  alertlist: Panel<'alertlist', AlertListOptions>;
  annolist: Panel<'annolist', annolist.Options>;
  barchart: Panel<'barchart', barchart.Options, barchart.FieldConfig>;
  bargauge: Panel<'bargauge', bargauge.Options>;
  candlestick: Panel<'candlestick', candlestick.Options, candlestick.FieldConfig>;
  dashlist: Panel<'dashlist', dashlist.Options>;
  gauge: Panel<'gauge', gauge.Options>;
  geomap: Panel<'geomap', geomap.Options>;
  heatmap: Panel<'heatmap', heatmap.Options, heatmap.FieldConfig>;
  histogram: Panel<'histogram', histogram.Options, histogram.FieldConfig>;
  logs: Panel<'logs', logs.Options>;
  news: Panel<'news', news.Options>;
  piechart: Panel<'piechart', piechart.Options, piechart.FieldConfig>;
  row: Row;
  stat: Panel<'stat', stat.Options>;
  'state-timeline': Panel<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>;
  'status-history': Panel<'status-history', statushistory.Options, statushistory.FieldConfig>;
  table: Panel<'table', table.Options, table.FieldConfig>;
  text: Panel<'text', text.Options>;
  timeseries: Panel<'timeseries', timeseries.Options, timeseries.FieldConfig>;
  trend: Panel<'trend', trend.Options, trend.FieldConfig>;
  xychart: Panel<'xychart', xychart.Options, xychart.FieldConfig>;
}

/** Without its panels, which are judged one by one, and without what differs from installation to installation. */
export interface Dashboard extends Omit<stored.Dashboard, 'annotations' | 'id' | 'panels' | 'snapshot' | 'templating' | 'version'> {
  annotations: { list: Annotation[] };
  panels: unknown[];
  templating: { list: Variable[] };
  title: string;
  uid: string;
}

/** What `Stored` adds to Grafana's types is there because these lack it: a test fails once they have it. */
interface Published {
  annotation: stored.AnnotationQuery;
  field: stored.FieldConfig;
  variable: stored.VariableModel;
}

export interface Stored {
  dashboard: Dashboard;
  library: Library;
  panels: Panels;
  published: Published;
  resource: Spec;
  transformation: Transformation;
}
