/** How the dashboard is built into static/app, served while it is written (port 3000), and tested. */
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

const SERVER = process.env["TANDEM_URL"] ?? "http://localhost:5000";

/** Speak to the server as its own page would: it refuses other origins. */
function toServer(isSocket: boolean): ProxyOptions {
  return {
    target: SERVER,
    changeOrigin: true,
    ws: isSocket,
    configure: (proxy) => {
      proxy.on("proxyReq", (request) => request.setHeader("origin", SERVER));
      proxy.on("proxyReqWs", (request) => request.setHeader("origin", SERVER));
    },
  };
}

export default defineConfig(({ command }) => ({
  base: command === "build" ? "/static/app/" : "/",
  plugins: [react(), tailwindcss()],
  server: {
    port: 3000,
    strictPort: true,
    host: "localhost",
    proxy: {
      "/api": toServer(false),
      "/socket.io": toServer(true),
      "/sign-in": toServer(false),
      "/sign-out": toServer(false),
      "/login": toServer(false),
      "/static": toServer(false),
    },
  },
  build: {
    outDir: "../static/app",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      input: "src/main.tsx",
      output: {
        // No hashes: the server revalidates with an ETag, and the committed bundle changes in place.
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    restoreMocks: true,
  },
}));
