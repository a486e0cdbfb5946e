/** The Analytics page. */
export default function AnalyticsPage() {
  return <h2 className="p-4 font-semibold text-lg">Analytics</h2>;
}
