// The resources that are made for Kubernetes, as the packages' types say them: `schemas.mjs` makes a JSON schema of these, with every object
// closed, because the API server drops what it does not know in silence.

import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IAlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig';
import type { IRoute } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/Route';
import type { IScrapeConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/ScrapeConfig';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { ISecret } from 'kubernetes-models/v1/Secret';

export interface Resources {
  AlertmanagerConfig: IAlertmanagerConfig;
  ConfigMap: IConfigMap;
  PrometheusRule: IPrometheusRule;
  // Inner routes are any JSON to the API server; the operator refuses what is none of these.
  Route: IRoute;
  ScrapeConfig: IScrapeConfig;
  Secret: ISecret;
  ServiceMonitor: IServiceMonitor;
}
