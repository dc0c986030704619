import { getConfigMapValue } from "./config-maps";
import { writeStatus } from "./critical-services";
import { createEvent, getEvent, repeatEvent } from "./events";
import { getPodTemplate } from "./pod-templates";
import { createPod, deletePod, getPod } from "./pods";

/** All that the operator asks of the API server once it runs. */
export const clusterApi = {
  createEvent,
  createPod,
  deletePod,
  getConfigMapValue,
  getEvent,
  getPod,
  getPodTemplate,
  repeatEvent,
  writeStatus,
};

export type ClusterApi = typeof clusterApi;
