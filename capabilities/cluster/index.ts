import { getConfigMapValue } from "./config-maps";
import { writeStatus } from "./critical-services";
import { applySlice, createSlice, deleteSlice, getSlice } from "./endpoint-slices";
import { createEvent, getEvent, repeatEvent } from "./events";
import { createPod, deletePod, getPod } from "./pods";

/** All that the operator asks of the API server once it runs. */
export const clusterApi = {
  applySlice,
  createEvent,
  createPod,
  createSlice,
  deletePod,
  deleteSlice,
  getConfigMapValue,
  getEvent,
  getPod,
  getSlice,
  repeatEvent,
  writeStatus,
};

export type ClusterApi = typeof clusterApi;
