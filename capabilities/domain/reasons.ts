// Why a condition is as it is, and why an Event is told: the names are part of the API, and these
// tables are the one source of them and of their reference in the docs.

/** The conditions of a CriticalService, each with its reasons and when it has them. */
export const CONDITIONS = {
  Ready: {
    LookingAfter: ["True", "Its Services are looked after."],
    NoServiceNamed: ["True", "No Service has its labels in the namespaces that are looked after."],
    InvalidSpec: ["False", "Its spec can't be used; it is ignored. The message names the fields."],
    FallbackRefused: ["False", "Something keeps a Service from its fallback: see Degraded."],
  },
  FallbackActive: {
    ServiceLame: ["True", "A fallback answers for a Service."],
    Starting: ["False", "A Service is lame, and its fallback is not Ready yet."],
    Waiting: ["False", "A Service is lame, but not for activateAfterSeconds yet."],
    NotNeeded: ["False", "No fallback answers."],
  },
  Degraded: {
    FallbackRefused: [
      "True",
      "A lame Service gets no fallback until somebody changes what the message says.",
    ],
    FallbackWarning: [
      "True",
      "A fallback can't do all that it should, such as serve one of the ports.",
    ],
    AsExpected: ["False", "Nothing is amiss."],
  },
} as const;

export type ConditionType = keyof typeof CONDITIONS;
export type ConditionReason<Type extends ConditionType> = keyof (typeof CONDITIONS)[Type];

/** The Events of a Service, each with its type and what has happened. */
export const SERVICE_EVENTS = {
  ServiceLame: [
    "Warning",
    "The Service has lost its last Ready Pod, and is critical. Left out if its fallback answers within 2 s.",
  ],
  FallbackActive: ["Warning", "The Service is lame, and its fallback answers."],
  FallbackReleased: [
    "Normal",
    "It has Ready Pods of its own again; says how long its fallback answered.",
  ],
  FallbackRefused: ["Warning", "Something keeps it from its fallback; says what to do."],
  FallbackWarning: ["Warning", "Its fallback can't do all that it should."],
} as const;

export type ServiceEvent = keyof typeof SERVICE_EVENTS;

/** An Event that says what another one was to say, and more. */
export const OVERTAKES: Readonly<Record<string, ServiceEvent>> = { FallbackActive: "ServiceLame" };

/** The Events of a CriticalService, told when a condition changes. */
export const CRITICAL_SERVICE_EVENTS = {
  FallbackActive: ["Normal", "FallbackActive has become true."],
  FallbackReleased: ["Normal", "FallbackActive has become false."],
  FallbackRefused: ["Warning", "Degraded has become true for this reason."],
  FallbackWarning: ["Warning", "Degraded has become true for this reason."],
  AsExpected: ["Normal", "Degraded has become false."],
  InvalidSpec: ["Warning", "Ready has become false for this reason."],
} as const;
