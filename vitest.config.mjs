import { defineConfig } from "vitest/config";

// Binaries may have to be built before the first control plane is up.
const BUILD_TIMEOUT_MS = 45 * 60_000;
// It tells of each Service that it starts a fallback for, thousands of times.
const MODEL = { LOG_LEVEL: "silent" };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      {
        test: {
          name: "histories",
          include: ["test/model/**/*.test.ts"],
          // The same ones each time.
          env: { ...MODEL, MODEL_SEED: "1", MODEL_RUNS: "1000" },
          testTimeout: 600_000,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          name: "model",
          include: ["test/model/*-operator*.test.ts"],
          env: MODEL,
          testTimeout: 3_600_000,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: "nginx",
          include: ["test/nginx/**/*.test.ts"],
          testTimeout: 60_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "monitoring",
          include: ["test/monitoring/**/*.test.ts"],
          testTimeout: 60_000,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          name: "hack",
          include: ["test/hack/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: BUILD_TIMEOUT_MS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          globalSetup: "test/support/shared-cluster.ts",
          testTimeout: 60_000,
          hookTimeout: BUILD_TIMEOUT_MS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: "test/e2e/support/setup.ts",
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // They share one cluster and one operator, which some of them kill or remove.
          fileParallelism: false,
        },
      },
    ],
  },
});
