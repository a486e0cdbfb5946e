/** The Config page. */
export default function ConfigPage() {
  return <h2 className="p-4 font-semibold text-lg">Config</h2>;
}
